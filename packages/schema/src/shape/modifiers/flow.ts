import type { JsonSchema } from '../../json-schema.ts';
import { conditionSchema } from '../condition-schema.ts';
import { onError } from './on-error.ts';

/** A text that is one expression and nothing else. */
const wholeExpression = '^\\s*\\$\\{[\\s\\S]*\\}\\s*$';

const stepName = (description: string, example: string): JsonSchema => ({
  type: 'string',
  minLength: 1,
  expects: 'the name of a step',
  description,
  examples: [example],
});

/** When and how often a step runs, and what becomes of its value: keys of any kind. */
export const flowModifiers: Readonly<Record<string, JsonSchema>> = {
  when: conditionSchema('The step is skipped where this is false.', '${classify.sentiment == "negative"}'),
  for: {
    type: ['array', 'string'],
    pattern: wholeExpression,
    expects: 'a list, or an expression that gives one',
    description: 'Runs the step for each `item` of a list, at its `index`; its value is the list of theirs.',
    examples: ['${row.tags}', ['en', 'de']],
  },
  over: stepName('A reduce: the step runs after all rows, and its `items` are the ok values of this step.', 'reply'),
  group_by: {
    type: 'string',
    minLength: 1,
    description: 'One run of the reduce for each value of this, which it sees as `group`; default: all rows are one.',
    examples: ['${row.product}'],
  },
  fold: {
    anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 2 }],
    expects: '`auto` or a whole number from 2 on',
    description:
      'Items of one call of the reduce; its results are folded again until one is left. `auto`: as many as fit the context. Default: all in one call.',
    examples: ['auto', 20],
  },
  repeat: {
    type: 'object',
    expects: 'a map such as `{ until: "${draft.score > 0.8}", max: 5 }`',
    description: 'Runs the step again, which sees its value before as `previous`, until a condition is true.',
    additionalProperties: false,
    required: ['until'],
    properties: {
      until: conditionSchema(
        'The last run is the one for which this is true; it reads the step itself.',
        '${draft.done}',
      ),
      max: {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        default: 10,
        description: 'Runs at most, the first one included.',
        examples: [5],
      },
    },
    examples: [{ until: '${draft.done}', max: 5 }],
  },
  ensure: conditionSchema(
    'An answer for which this is false is invalid and asked for again; it reads the step itself.',
    '${classify.score <= 1.0}',
  ),
  expect: {
    description: 'A known label that the value is compared with, or a map of them for its fields; never fails a row.',
    examples: ['${row.label}', { sentiment: '${row.label}' }],
  },
  on_error: onError,
};
