import type { JsonSchema } from '../json-schema.ts';
import { conditionSchema } from './step-schema.ts';

const scalarTypes = ['string', 'number', 'boolean'] as const;

const input: JsonSchema = {
  type: 'object',
  expects: 'a map such as `{ type: string, default: plain }`',
  additionalProperties: false,
  required: ['type'],
  properties: {
    type: { enum: scalarTypes, description: 'The type of the input: `string`, `number` or `boolean`.' },
    default: { type: scalarTypes, description: 'The value where none is given; without it one must be given.' },
    description: { type: 'string', description: 'What it is for; shown in the help of the workflow.' },
  },
};

const each: JsonSchema = {
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
    },
    key: { type: 'string', description: 'The identity of a row, such as `${row.id}`; default: a hash of the row.' },
    where: conditionSchema('Rows where this is false are skipped.'),
    columns: {
      type: 'object',
      description: 'Types of columns, such as `stars: number`; the cells of a csv are strings otherwise.',
      additionalProperties: { enum: scalarTypes },
    },
  },
};

const save: JsonSchema = {
  type: 'object',
  expects: 'a map with `to:` or `fields:`',
  description: 'What is written for each row, and where.',
  additionalProperties: false,
  properties: {
    to: {
      type: 'string',
      minLength: 1,
      description: 'A .jsonl or .csv file, seen from this file, or `-` for standard output.',
    },
    fields: {
      type: 'object',
      minProperties: 1,
      description: 'The fields of a line, behind `key`; default: the columns and every step.',
    },
  },
};

const limits: JsonSchema = {
  type: 'object',
  description: 'How much a run may do at once.',
  additionalProperties: false,
  properties: {
    parallel: {
      anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1 }],
      expects: '`auto` or a whole number from 1 on',
      description: 'Calls in flight on each host: `auto`, or a number.',
    },
  },
};

/** The schema of a whole workflow; `steps` holds the schemas of its steps. */
export const workflowSchema = (steps: JsonSchema): JsonSchema => ({
  type: 'object',
  required: ['steps'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', minLength: 1, description: 'The name of the workflow; default: that of the file.' },
    description: { type: 'string', description: 'What it does, in a sentence.' },
    model: { type: 'string', minLength: 1, description: 'The model of every step that names none.' },
    inputs: {
      type: 'object',
      description: 'Values given when it is run: `--input tone=formal`.',
      additionalProperties: input,
    },
    each,
    steps,
    save,
    limits,
    hosts: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      description: 'Ollama servers, such as `[http://127.0.0.1:11434]`; default: OLLAMA_HOST, else this machine.',
    },
  },
});

/** What a check looks at before it comes to each step. */
export const stepsSchema: JsonSchema = {
  type: 'object',
  minProperties: 1,
  expects: 'a map of steps by their names',
  description: 'The steps by name; what they read of each other makes their order.',
};
