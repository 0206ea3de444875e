import type { JsonSchema } from '../../json-schema.ts';

/** The words of `on_error`. */
export const onErrorWords = ['fail', 'skip', 'abort'] as const;

/** What becomes of a row whose step failed for good. */
export const onError: JsonSchema = {
  anyOf: [
    { enum: onErrorWords },
    {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
      expects: 'one of `use:` and `run:`',
      properties: {
        use: {
          description: 'This stands in for the value; it must have the type of it.',
          examples: ['unknown', { sentiment: 'neutral' }],
        },
        run: {
          type: 'string',
          minLength: 1,
          expects: 'the name of a step',
          description: 'This step runs, for no other reason, and its value stands in.',
          examples: ['classify_with_a_larger_model'],
        },
      },
    },
  ],
  expects: '`fail`, `skip`, `abort`, `{ use: VALUE }` or `{ run: STEP }`',
  default: 'fail',
  description:
    'Where the step has failed for good: `fail` the row; `skip`: its value is null and its readers are skipped; `abort` the run; or what stands in for it.',
  examples: ['skip', { use: 'unknown' }, { run: 'classify_again' }],
};
