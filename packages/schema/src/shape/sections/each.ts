import type { JsonSchema } from '../../json-schema.ts';
import { conditionSchema } from '../condition-schema.ts';
import { scalarTypes } from './inputs.ts';

/** Where the rows come from. */
export const each: JsonSchema = {
  type: 'object',
  expects: 'a map with `from:`',
  description: 'Runs the steps once per row of a file; without it they run once.',
  additionalProperties: false,
  required: ['from'],
  properties: {
    from: {
      type: 'string',
      minLength: 1,
      description: 'A .csv, .tsv, .jsonl or .txt file, or a folder of text files, seen from this file.',
      examples: ['data/reviews.csv'],
    },
    key: {
      type: 'string',
      description: 'The identity of a row, such as `${row.id}`; default: a hash of the row.',
      examples: ['${row.id}'],
    },
    where: conditionSchema('Rows where this is false are skipped.', '${row.text != ""}'),
    columns: {
      type: 'object',
      description: 'Types of columns, such as `stars: number`; the cells of a csv are strings otherwise.',
      additionalProperties: { enum: scalarTypes },
      examples: [{ stars: 'number' }],
    },
  },
  examples: [{ from: 'data/reviews.csv', key: '${row.id}' }],
};
