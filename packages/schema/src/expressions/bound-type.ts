import type { ValueType } from './value-type.ts';

/** More fields and lists than anybody reads; types made of types can double with every step. */
const maxParts = 500;

/** The type where it has a size that can be worked with, else `dyn`. */
export const boundType = (type: ValueType): ValueType => (countParts(type, maxParts) > maxParts ? 'dyn' : type);

/** Counts no further than it must. */
function countParts(type: ValueType, most: number): number {
  if (typeof type === 'string' || 'choices' in type) return 1;
  if ('nullable' in type) return countParts(type.nullable, most);
  const parts = 'list' in type ? [type.list] : Object.values(type.fields);
  let count = 1;
  for (const part of parts) {
    count += countParts(part, most - count);
    if (count > most) break;
  }
  return count;
}
