const names: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: '`true` or `false`',
  null: 'empty',
};

/** A JSON Schema type, or several, in plain words. */
export const nameOfType = (type: unknown): string =>
  [type]
    .flat()
    .map((word) => names[String(word)] ?? String(word))
    .join(' or ');

/** What a value is, in plain words. */
export function nameOfValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean' || typeof value === 'number') return showValue(value);
  return names[typeof value] ?? typeof value;
}

/** A single value as it is written, shortened. */
export function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : String(value);
  return `\`${text.length > 40 ? `${text.slice(0, 40)}…` : text}\``;
}
