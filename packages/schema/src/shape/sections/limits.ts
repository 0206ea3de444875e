import type { JsonSchema } from '../../json-schema.ts';
import { duration } from '../duration.ts';

/** How much a run may do. */
export const limits: JsonSchema = {
  type: 'object',
  expects: 'a map such as `{ parallel: 4, errors: 5% }`',
  description: 'How much a run may do.',
  additionalProperties: false,
  properties: {
    parallel: {
      anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1 }],
      expects: '`auto` or a whole number from 1 on',
      default: 'auto',
      description: 'Calls in flight on each host: `auto`, or a number.',
      examples: ['auto', 4],
    },
    rate: {
      type: 'string',
      pattern: '^[1-9][0-9]{0,6}/(s|min|h)$',
      expects: 'calls in a period, such as `10/s`, `60/min` or `500/h`',
      description: 'Most calls in a period: `/s`, `/min` or `/h`; default: no limit.',
      examples: ['60/min'],
    },
    errors: {
      anyOf: [
        { type: 'string', pattern: '^(100|[1-9][0-9]?(\\.[0-9]{1,6})?|0\\.[0-9]{0,5}[1-9])%$' },
        { type: 'integer', minimum: 1 },
      ],
      expects: 'a share such as `5%`, or a number of rows from 1 on',
      description:
        'The run stops at so many failed rows, or at this share of them, counted from 100 finished rows on; default: never.',
      examples: ['5%', 20],
    },
    idle: duration('Longest silence between two messages of an answer, in each step that says nothing else.', '2m'),
    total: duration('Longest time of one call, in each step that says nothing else; default: no limit.', '10m'),
  },
  examples: [{ parallel: 4, errors: '5%' }],
};
