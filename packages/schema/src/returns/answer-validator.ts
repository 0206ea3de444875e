import { MillraceError } from '@millrace/errors';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../json-schema.ts';
import { createAjv, type ShapeError } from '../shape/shape-validator.ts';
import { isMap } from '../yaml-map.ts';
import { withoutDialect } from './json-schema-problems.ts';

/** Enough to mend an answer by. */
const maxProblems = 10;

/**
 * Compiles the check of a model's answer against the JSON Schema of `returns`.
 *
 * @returns A function from an answer to what is wrong with it, one sentence each, ten at most; empty where it fits.
 * @throws {MillraceError} `WORKFLOW_INVALID` where the schema itself is not one.
 */
export function createAnswerValidator(schema: JsonSchema): (answer: unknown) => readonly string[] {
  try {
    const validate = createAjv({ validateSchema: !isPlain(schema) }).compile(withoutDialect(schema));
    return (answer) => problemsOf(answer, validate);
  } catch (cause) {
    throw new MillraceError('WORKFLOW_INVALID', `Not a JSON Schema: ${(cause as Error).message}`, { cause });
  }
}

function problemsOf(answer: unknown, validate: ValidateFunction): readonly string[] {
  try {
    if (validate(answer)) return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const isEndless = error.message.includes('call stack');
    return [`the answer cannot be checked: ${isEndless ? 'its schema refers to itself without end' : error.message}`];
  }
  return ((validate.errors ?? []) as ShapeError[]).slice(0, maxProblems).map(sentence);
}

function sentence({ instancePath, message, params }: ShapeError): string {
  const place = instancePath === '' ? 'the answer' : instancePath.slice(1).replaceAll('/', '.');
  const allowed = 'allowedValues' in params ? `: ${JSON.stringify(params.allowedValues)}` : '';
  const extra = 'additionalProperty' in params ? `: ${JSON.stringify(params.additionalProperty)}` : '';
  return `${place} ${message ?? 'is wrong'}${allowed}${extra}`;
}

const plainKeywords = new Set(['type', 'enum', 'items', 'properties', 'required', 'additionalProperties']);

/** True for what the shorthand expands to: it need not be checked against JSON Schema itself, which takes a tenth of a second. */
function isPlain(schema: unknown): boolean {
  if (!isMap(schema) || !Object.keys(schema).every((keyword) => plainKeywords.has(keyword))) return false;
  const { type, items, properties = {}, required = [], additionalProperties = false } = schema;
  return (
    [type]
      .flat()
      .every(
        (word) => word === undefined || /^(string|number|integer|boolean|array|object|null)$/.test(String(word)),
      ) &&
    (schema.enum === undefined || (Array.isArray(schema.enum) && new Set(schema.enum).size === schema.enum.length)) &&
    (items === undefined || isPlain(items)) &&
    Array.isArray(required) &&
    additionalProperties === false &&
    isMap(properties) &&
    Object.values(properties).every(isPlain)
  );
}
