import type { JsonSchema } from '../../json-schema.ts';

/** What is written for each row, and where. */
export const save: JsonSchema = {
  type: 'object',
  expects: 'a map with `to:` or `fields:`',
  description: 'What is written for each row, and where.',
  additionalProperties: false,
  properties: {
    to: {
      type: 'string',
      minLength: 1,
      default: '-',
      description:
        'A .jsonl, .csv, .tsv or .parquet file, seen from this file; `-` for standard output; or a name with `${key}` in it for a file of its own for each row.',
      examples: ['out/replies.jsonl', 'out/${key}.md'],
    },
    fields: {
      type: 'object',
      minProperties: 1,
      description: 'The fields of a line, behind `key`; default: the columns and every step.',
      examples: [{ sentiment: '${classify.sentiment}' }],
    },
    over: {
      type: 'object',
      minProperties: 1,
      additionalProperties: { type: 'string', minLength: 1, expects: 'a file, or `-`' },
      description:
        'A file for the results of each reduce, by its step; default: beside `to`, as `NAME.STEP.jsonl`. A line is `group`, `count` and the value.',
      examples: [{ digest: 'out/digest.jsonl' }],
    },
    errors: {
      type: 'string',
      minLength: 1,
      description: 'A .jsonl, .csv or .tsv file for the rows that failed, with the cause of each.',
      examples: ['out/errors.jsonl'],
    },
    order: {
      enum: ['input', 'completion'],
      default: 'input',
      description: 'Whether lines stand in the order of the rows, or as they are done.',
      examples: ['completion'],
    },
  },
  examples: [{ to: 'out/replies.jsonl', fields: { reply: '${reply}' } }],
};
