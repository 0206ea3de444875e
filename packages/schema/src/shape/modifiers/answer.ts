import type { JsonSchema } from '../../json-schema.ts';

/** What a model is asked for: keys of the kinds whose value is an answer. */
export const answerModifiers: Readonly<Record<string, JsonSchema>> = {
  system: { type: 'string', description: 'The system prompt.', examples: ['You are brief.'] },
  returns: {
    type: ['object', 'string'],
    description: 'The shape of the answer: `sentiment: positive | negative`, `string?`, `number[]`, or a JSON Schema.',
    examples: [{ sentiment: 'positive | negative', aspect: 'string?' }, 'yes | no'],
  },
  think: {
    enum: [true, false, 'low', 'medium', 'high'],
    description: 'Whether a model that can think does so before it answers, and how much; default: as the model does.',
    examples: [false, 'high'],
  },
  format: {
    anyOf: [{ const: 'json' }, { type: 'object' }],
    expects: '`json` or a JSON Schema',
    description:
      'The `format` of Ollama, for a text that is JSON: `json`, or a JSON Schema. `returns` asks and checks, and takes its place.',
    examples: ['json'],
  },
  images: {
    type: ['array', 'string'],
    pattern: '^\\s*\\$\\{[\\s\\S]*\\}\\s*$',
    items: { type: 'string', minLength: 1 },
    expects: 'a list of files, or an expression that gives one',
    description: 'Image files for the prompt, seen from this file.',
    examples: [['photos/front.png'], ['${row.path}']],
  },
};

/** Keys of the kinds that can go on with a talk. */
export const talkModifiers: Readonly<Record<string, JsonSchema>> = {
  continue: {
    type: 'string',
    minLength: 1,
    expects: 'the name of a step',
    description: 'The chat step whose talk this one goes on with: its messages and its answer come first.',
    examples: ['draft'],
  },
};
