import type { JsonSchema } from './json-schema.ts';
import { ollamaOptions } from './ollama-options.ts';
import type { StepKindSchema } from './step-kind-schema.ts';

/** Words that expressions use themselves, so that no step may have them as its name. */
export const reservedNames: ReadonlySet<string> = new Set(
  `row inputs secrets steps key item index items group previous run list map string int double bool bytes uint type dyn cel optional
   null_type timestamp duration true false null in as break const continue else for function if import let loop package namespace
   return var void while has all exists exists_one filter default json lines size prototype constructor`.split(/\s+/),
);

const template = (description: string): JsonSchema => ({ type: 'string', description });
const condition = (description: string): JsonSchema => ({
  type: 'string',
  pattern: '\\$\\{',
  expects: 'an expression in `${…}`',
  description,
});

const options: JsonSchema = {
  type: 'object',
  description: 'Options of the model run, as in the Ollama API.',
  properties: ollamaOptions,
};

/** What any kind of step may have. */
const modifiers: JsonSchema = {
  when: condition('The step is skipped for rows where this is false.'),
  model: template('The model of this step; default: that of the workflow.'),
  system: template('The system prompt.'),
  options,
  returns: {
    type: ['object', 'string'],
    description: 'The shape of the answer: `sentiment: positive | negative`, `string?`, `number[]`, or a JSON Schema.',
  },
  expect: { description: 'A known label that the value is compared with; never fails a row.' },
};

/** The schema of one step of a kind, without the other kinds. */
export const stepSchema = ({ kind, schema }: StepKindSchema): JsonSchema => ({
  type: 'object',
  required: [kind],
  additionalProperties: false,
  properties: { ...modifiers, [kind]: schema },
});

const input: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['type'],
  properties: {
    type: { enum: ['string', 'number', 'boolean'], description: 'The type of the input.' },
    default: {
      type: ['string', 'number', 'boolean'],
      description: 'The value where none is given; without it one must be given.',
    },
    description: { type: 'string', description: 'What it is for; shown in the help of the workflow.' },
  },
};

const each: JsonSchema = {
  type: 'object',
  description: 'Runs the steps once per row of a file; without it they run once.',
  additionalProperties: false,
  required: ['from'],
  properties: {
    from: {
      type: 'string',
      minLength: 1,
      description: 'A .csv, .jsonl or .txt file, or a folder of text files, seen from this file.',
    },
    key: template('The identity of a row; default: a hash of the row.'),
    where: condition('Rows where this is false are skipped.'),
    columns: {
      type: 'object',
      description: 'Types of columns; the cells of a csv are strings otherwise.',
      additionalProperties: { enum: ['string', 'number', 'boolean'] },
    },
  },
};

const save: JsonSchema = {
  type: 'object',
  description: 'What is written for each row.',
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
    limits: {
      type: 'object',
      additionalProperties: false,
      properties: {
        parallel: {
          anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1 }],
          expects: '`auto` or a number from 1 on',
          description: 'Calls in flight at once.',
        },
      },
    },
    hosts: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      description: 'Ollama servers; default: OLLAMA_HOST, else this machine.',
    },
  },
});
