import { nameOfValueType, type ValueType, withoutNull } from './value-type.ts';

/** Why not every value of a type can stand where another is wanted, in words; undefined where it can, as far as is known. */
export function typeMisfit(type: ValueType, wanted: ValueType, place = 'This'): string | undefined {
  if (type === 'dyn' || wanted === 'dyn') return undefined;
  if (typeof wanted === 'object' && 'nullable' in wanted) return typeMisfit(withoutNull(type), wanted.nullable, place);
  const misfit = `${place} must be ${nameOfValueType(wanted)}, and is ${nameOfValueType(type)}.`;
  if (typeof type === 'object' && 'nullable' in type) return misfit;
  if (typeof wanted === 'string') return type === wanted || (wanted === 'string' && isText(type)) ? undefined : misfit;
  if ('choices' in wanted) return fitsChoices(type, wanted.choices) ? undefined : misfit;
  if (typeof type !== 'object') return misfit;
  if ('list' in wanted) return 'list' in type ? typeMisfit(type.list, wanted.list, 'Each item') : misfit;
  return 'fields' in type ? fieldsMisfit(type.fields, wanted.fields) : misfit;
}

type Fields = Readonly<Record<string, ValueType>>;

function fieldsMisfit(fields: Fields, wanted: Fields): string | undefined {
  for (const [name, field] of Object.entries(wanted)) {
    if (!Object.hasOwn(fields, name)) return `The field \`${name}\` is missing here.`;
    const misfit = typeMisfit(fields[name] as ValueType, field, `\`${name}\``);
    if (misfit) return misfit;
  }
  const extra = Object.keys(fields).find((name) => !Object.hasOwn(wanted, name));
  return extra === undefined ? undefined : `There is no field \`${extra}\` in it.`;
}

const isText = (type: ValueType): boolean => type === 'string' || (typeof type === 'object' && 'choices' in type);

/** Of a text it shows when it runs whether it is one of the words. */
const fitsChoices = (type: ValueType, words: readonly string[]): boolean =>
  typeof type === 'object'
    ? 'choices' in type && type.choices.every((word) => words.includes(word))
    : type === 'string';
