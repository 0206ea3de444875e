import type { ValueType } from '@millrace/schema';

/** A type in the words of `returns`; `any` where it is only known when the workflow runs. */
export function typeText(type: ValueType): string {
  if (type === 'double') return 'number';
  if (type === 'bool') return 'boolean';
  if (type === 'dyn') return 'any';
  if (typeof type === 'string') return type;
  if ('nullable' in type) return `${grouped(type.nullable)}?`;
  if ('list' in type) return `${grouped(type.list)}[]`;
  if ('choices' in type) return type.choices.map(word).join(' | ');
  const fields = Object.entries(type.fields).map(([name, field]) => `${word(name)}: ${typeText(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

const grouped = (type: ValueType): string =>
  typeof type === 'object' && 'choices' in type && type.choices.length > 1 ? `(${typeText(type)})` : typeText(type);

const word = (text: string): string => (/^[\w-]+$/.test(text) ? text : JSON.stringify(text));
