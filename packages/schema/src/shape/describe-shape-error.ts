import type { JsonSchema } from '../json-schema.ts';
import type { Finding } from '../source/source.ts';
import { didYouMean, nearest } from '../suggest.ts';
import { nameOfType, nameOfValue, showValue } from './name-of-value.ts';
import type { ShapeError } from './shape-validator.ts';

/** Says in plain words what is wrong with a value; unknown and missing keys are told elsewhere. */
export function describeShapeError(error: ShapeError): Finding {
  const { keyword, parentSchema, data } = error;
  const expects = textOf(parentSchema.expects);
  const hint = textOf(parentSchema.description);
  if (keyword === 'type') {
    const wanted = expects || nameOfType(parentSchema.type);
    const message = `This must be ${wanted}, and is ${nameOfValue(data)}.`;
    return {
      code: 'TYPE_WRONG',
      message,
      hint: (!expects && parentSchema.type === 'string' && textHint(data)) || hint,
    };
  }
  if (keyword === 'enum' || keyword === 'const') {
    const allowed = [keyword === 'enum' ? parentSchema.enum : parentSchema.const].flat().map(String);
    const message = `This must be ${expects || oneOf(allowed)}, and is ${isScalar(data) ? showValue(data) : nameOfValue(data)}.`;
    return { code: 'VALUE_INVALID', message, hint: isScalar(data) ? didYouMean(String(data), allowed) : hint };
  }
  if (keyword === 'anyOf') {
    const words = [parentSchema.anyOf]
      .flat()
      .flatMap((form) => [(form as JsonSchema).enum, (form as JsonSchema).const]);
    const near = typeof data === 'string' ? nearest(data, words.flat().filter(isText)) : undefined;
    const message = expects
      ? `This must be ${expects}, and is ${nameOrShow(data)}.`
      : 'This has none of the forms that are possible here.';
    return { code: 'VALUE_INVALID', message, hint: near === undefined ? hint : `Did you mean \`${near}\`?` };
  }
  const wanted = expects && !isEmpty(error) ? `This must be ${expects}` : limitOf(error);
  return { code: 'VALUE_INVALID', message: `${wanted}${isScalar(data) ? `, and is ${showValue(data)}` : ''}.`, hint };
}

/** How a value becomes the text that it was probably meant as. */
function textHint(data: unknown): string {
  if (typeof data === 'number' || typeof data === 'boolean') return `Put it in quotes: \`"${data}"\`.`;
  if (typeof data !== 'object' || data === null) return '';
  return 'A text with `: ` in it, or with a brace at its start, needs quotes or a `|` block.';
}

const oneOf = (words: readonly string[]): string =>
  words.length === 1 ? `\`${words[0]}\`` : `one of ${words.map((word) => `\`${word}\``).join(', ')}`;

const isEmpty = ({ keyword, params }: ShapeError): boolean =>
  /^min/.test(keyword) && params.limit === 1 && keyword !== 'minimum';

/** What a limit of JSON Schema asks for. */
function limitOf(error: ShapeError): string {
  const { keyword, params, message } = error;
  if (isEmpty(error)) return 'This must not be empty';
  switch (keyword) {
    case 'minimum':
      return `This must be at least ${params.limit}`;
    case 'maximum':
      return `This must be at most ${params.limit}`;
    case 'exclusiveMinimum':
      return `This must be more than ${params.limit}`;
    case 'exclusiveMaximum':
      return `This must be less than ${params.limit}`;
    case 'uniqueItems':
      return 'The same item stands here twice';
    case 'minProperties':
    case 'maxProperties':
      return `This must have ${params.limit} ${params.limit === 1 ? 'key' : 'keys'}`;
    default:
      return `This ${message ?? 'is not possible here'}`;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';

const nameOrShow = (data: unknown): string => (isText(data) && data !== '' ? showValue(data) : nameOfValue(data));

const isScalar = (value: unknown): boolean => typeof value !== 'object' && value !== '';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The description of a key that is missing. */
export const describeMissing = (schema: JsonSchema, key: string): string =>
  textOf((schema.properties as Readonly<Record<string, JsonSchema>> | undefined)?.[key]?.description);
