import { MillraceError } from '@millrace/errors';
import type { JsonSchema } from './json-schema.ts';
import { createShapeCompiler } from './shape-validator.ts';

/**
 * Compiles the check of a model's answer against the JSON Schema of `returns`.
 *
 * @returns A function from an answer to what is wrong with it, one sentence each; empty where it fits.
 * @throws {MillraceError} `WORKFLOW_INVALID` where the schema itself is not one.
 */
export function createAnswerValidator(schema: JsonSchema): (answer: unknown) => readonly string[] {
  const compile = createShapeCompiler();
  try {
    const validate = compile(schema);
    return (answer) =>
      validate(answer).map(({ instancePath, message, params }) => {
        const allowed = 'allowedValues' in params ? `: ${JSON.stringify(params.allowedValues)}` : '';
        return `${instancePath === '' ? 'the answer' : instancePath.slice(1).replaceAll('/', '.')} ${message ?? 'is wrong'}${allowed}`;
      });
  } catch (cause) {
    throw new MillraceError('WORKFLOW_INVALID', `Not a JSON Schema: ${(cause as Error).message}`, { cause });
  }
}
