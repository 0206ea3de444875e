import type { RetryCause } from '@millrace/errors';
import type { JsonSchema } from '../../json-schema.ts';

/** What each cause means, and how often it is tried again where the file does not say. */
const causes: Readonly<Record<RetryCause, readonly [description: string, times: number]>> = {
  busy: ['The server is overloaded.', 20],
  unreachable: ['The server does not answer.', 5],
  crashed: ['The process that runs the model died.', 3],
  cut: ['The answer ended before its final message.', 3],
  invalid: ['The answer does not fit `returns`, or `ensure` is false for it.', 2],
  length: ['The answer was cut by `num_predict`; it is asked for with twice as many.', 1],
  idle: ['A time limit passed.', 1],
};

const times: JsonSchema = { type: 'integer', minimum: 0, maximum: 1000 };

/** How often each cause is tried again. */
export const retry: JsonSchema = {
  anyOf: [
    times,
    {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      expects: 'a map such as `{ invalid: 3, busy: 50 }`',
      properties: Object.fromEntries(
        Object.entries(causes).map(([cause, [description, count]]) => [
          cause,
          { ...times, default: count, description: `How often it is tried again: ${description}`, examples: [count] },
        ]),
      ),
    },
  ],
  expects: 'a whole number from 0 on, or a map such as `{ invalid: 3, busy: 50 }`',
  description: 'How often an invalid answer is asked for again, or a map with a number for each cause.',
  examples: [3, { invalid: 3, unreachable: 10 }],
};
