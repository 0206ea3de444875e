import type { JsonSchema } from '../json-schema.ts';

/** A condition over a row or a step. */
export const conditionSchema = (description: string, example: string): JsonSchema => ({
  type: 'string',
  expects: 'an expression in `${…}`, such as `${row.text != ""}`',
  description,
  examples: [example],
});
