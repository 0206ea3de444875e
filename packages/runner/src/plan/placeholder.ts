import type { ValueType } from '@millrace/schema';

/** Stands in a prompt where an answer will be. */
export const placeholderText = (path: string): string => `‹answer of ${path}›`;

/** What expressions may read in place of a value of this type that is not there yet: texts that say what they stand for. */
export function placeholderOf(type: ValueType, path: string): unknown {
  if (typeof type === 'string' || 'choices' in type) return placeholderText(path);
  if ('nullable' in type) return placeholderOf(type.nullable, path);
  if ('list' in type) return [placeholderOf(type.list, path)];
  return Object.fromEntries(
    Object.entries(type.fields).map(([name, field]) => [name, placeholderOf(field, `${path}.${name}`)]),
  );
}

/** A row of which nothing but the columns that are read is known. */
export const placeholderRow = (paths: Iterable<string>): Readonly<Record<string, string>> => {
  const columns = [...paths].flatMap((path) => /^row\.([A-Za-z_]\w*)/.exec(path)?.[1] ?? []);
  return Object.fromEntries(columns.map((name) => [name, `‹row.${name}›`]));
};
