import type { Names } from '../expressions/names.ts';
import { pathParts } from '../expressions/path-parts.ts';
import { scanTemplate } from '../expressions/scan-template.ts';
import type { Scope } from '../expressions/scope.ts';
import { type ValueType, withoutNull } from '../expressions/value-type.ts';

/** Names of what is short by nature. */
const shortNames = new Set(['key', 'group']);
/** A literal that is longer is a text, and no label. */
const longestWord = 100;

/**
 * Whether the expressions in a value of the YAML read a text, or a list or map with one in it, that is more than a word; undefined where one
 * of them is not understood.
 */
export function readsText(value: unknown, scope: Scope): boolean | undefined {
  if (typeof value === 'string') return textReadsText(value, scope);
  if (typeof value !== 'object' || value === null) return false;
  const found = Object.values(value).map((part) => readsText(part, scope));
  return found.includes(undefined) ? undefined : found.includes(true);
}

function textReadsText(text: string, scope: Scope): boolean | undefined {
  const parts = scanTemplate(text);
  if ('unclosedAt' in parts) return undefined;
  const check = scope.checkerOf(text);
  let reads = false;
  for (const part of parts) {
    if (part.type === 'text') continue;
    const { references, problem } = check(part.code);
    if (problem || !references) return undefined;
    reads ||= [...references.paths].some((path) => !shortNames.has(path) && holdsText(typeAt(path, scope.names)));
  }
  return reads;
}

/** The type of what stands at a path; `dyn` where that is not known. */
function typeAt(path: string, names: Names): ValueType {
  const [name = '', ...fields] = pathParts(path);
  return fields.reduce<ValueType>((type, field) => {
    const own = withoutNull(type);
    return typeof own === 'object' && 'fields' in own ? (own.fields[field] ?? 'dyn') : 'dyn';
  }, names[name] ?? 'dyn');
}

function holdsText(type: ValueType): boolean {
  if (typeof type === 'string') return type === 'string' || type === 'dyn';
  if ('nullable' in type) return holdsText(type.nullable);
  if ('list' in type) return holdsText(type.list);
  if ('choices' in type) return type.choices.some((choice) => choice.length > longestWord);
  return Object.values(type.fields).some(holdsText);
}
