import type { JsonSchema } from '../json-schema.ts';
import { each } from './sections/each.ts';
import { inputs } from './sections/inputs.ts';
import { limits } from './sections/limits.ts';
import { save } from './sections/save.ts';
import { schedule } from './sections/schedule.ts';

/** The schema of a whole workflow; `steps` holds the schemas of its steps. */
export const workflowSchema = (steps: JsonSchema): JsonSchema => ({
  type: 'object',
  required: ['steps'],
  additionalProperties: false,
  properties: {
    name: {
      type: 'string',
      minLength: 1,
      description: 'The name of the workflow; default: that of the file.',
      examples: ['review-replies'],
    },
    description: {
      type: 'string',
      description: 'What it does, in a sentence.',
      examples: ['Classifies reviews and answers the unhappy ones.'],
    },
    model: {
      type: 'string',
      minLength: 1,
      description: 'The model of every step that names none.',
      examples: ['gemma3:4b'],
    },
    inputs,
    each,
    steps,
    save,
    limits,
    schedule,
    secrets: {
      type: 'array',
      uniqueItems: true,
      items: {
        type: 'string',
        pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        expects: 'the name of an environment variable',
      },
      description:
        'Names of environment variables that hold credentials; what they hold is masked wherever it is shown.',
      examples: [['API_KEY']],
    },
    hosts: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      description: 'Ollama servers, such as `[http://127.0.0.1:11434]`; default: OLLAMA_HOST, else this machine.',
      examples: [['http://127.0.0.1:11434']],
    },
  },
});

/** What a check looks at before it comes to each step. */
export const stepsSchema: JsonSchema = {
  type: 'object',
  minProperties: 1,
  expects: 'a map of steps by their names',
  description: 'The steps by name; what they read of each other makes their order.',
  examples: [{ classify: { generate: 'Is this spam? ${row.text}' } }],
};
