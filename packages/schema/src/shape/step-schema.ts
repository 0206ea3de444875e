import type { JsonSchema } from '../json-schema.ts';
import type { StepKindSchema } from '../step-kind-schema.ts';
import { ollamaOptions } from './ollama-options.ts';

const condition = { type: 'string', expects: 'an expression in `${…}`, such as `${row.text != ""}`' } as const;

/** A condition over a row or a step. */
export const conditionSchema = (description: string): JsonSchema => ({ ...condition, description });

/** What any kind of step may have. */
export const modifiers: Readonly<Record<string, JsonSchema>> = {
  when: conditionSchema('The step is skipped for rows where this is false.'),
  model: { type: 'string', minLength: 1, description: 'The model of this step; default: that of the workflow.' },
  system: { type: 'string', description: 'The system prompt.' },
  options: {
    type: 'object',
    description: 'Options of the model run, as in the Ollama API, such as `temperature: 0`.',
    properties: ollamaOptions,
  },
  returns: {
    type: ['object', 'string'],
    description: 'The shape of the answer: `sentiment: positive | negative`, `string?`, `number[]`, or a JSON Schema.',
  },
  expect: { description: 'A known label that the value is compared with; never fails a row.' },
};

/** Checks the modifiers of a step; its other keys are looked at one by one. */
export const modifiersSchema: JsonSchema = {
  type: 'object',
  properties: {
    ...modifiers,
    options: { ...modifiers.options, properties: { ...ollamaOptions, max_tokens: ollamaOptions.num_predict } },
  },
};

/** The schema of one step of a kind, without the other kinds. */
export const stepSchema = ({ kind, schema }: StepKindSchema): JsonSchema => ({
  type: 'object',
  required: [kind],
  additionalProperties: false,
  properties: { ...modifiers, [kind]: schema },
});
