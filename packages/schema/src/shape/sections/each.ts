import type { JsonSchema } from '../../json-schema.ts';
import { conditionSchema } from '../condition-schema.ts';
import { scalarTypes } from './inputs.ts';

/** How rows may be written down. */
export const rowFormats = ['csv', 'tsv', 'jsonl', 'json', 'txt', 'parquet', 'files'] as const;

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
      description:
        'A .csv, .tsv, .jsonl, .json, .txt or .parquet file, a folder of text files, or a pattern such as `notes/*.md`, seen from this file; `-` is standard input.',
      examples: ['data/reviews.csv'],
    },
    format: {
      enum: rowFormats,
      description:
        'How the rows are written down, whatever the ending of the file says: `files` is a row a file. Default: as the ending says; from standard input `jsonl`.',
      examples: ['csv'],
    },
    encoding: {
      type: 'string',
      minLength: 1,
      default: 'utf-8',
      expects: 'the name of an encoding, such as `utf-16le` or `windows-1252`',
      description:
        'How the text of the rows is encoded: any name that browsers know, such as `utf-16le` or `shift_jis`.',
      examples: ['windows-1252'],
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
