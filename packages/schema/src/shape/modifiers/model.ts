import type { JsonSchema } from '../../json-schema.ts';
import { duration } from '../duration.ts';
import { ollamaOptions } from '../ollama-options.ts';
import { retry } from './retry.ts';

/** How a model is asked: keys of the kinds that ask one. */
export const modelModifiers: Readonly<Record<string, JsonSchema>> = {
  model: {
    type: 'string',
    minLength: 1,
    description: 'The model of this step; default: that of the workflow.',
    examples: ['gemma3:4b'],
  },
  options: {
    type: 'object',
    description: 'Options of the model run, as in the Ollama API, such as `temperature: 0`.',
    properties: ollamaOptions,
    examples: [{ temperature: 0, num_predict: 120 }],
  },
  retry,
  context: {
    anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 4 }],
    expects: '`auto` or a number of tokens',
    default: 'auto',
    description:
      'Tokens of the context window (`num_ctx`); `auto`: the smallest that fits the longest prompt of the run.',
    examples: ['auto', 8192],
  },
  on_overflow: {
    enum: ['fail', 'truncate', 'split'],
    default: 'fail',
    description:
      'Where a prompt does not fit the window: fail; let the server cut it; or ask for pieces of its longest text and put the answers together.',
    examples: ['split'],
  },
  keep_alive: {
    type: ['string', 'number'],
    pattern: '^\\s*(-?([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+|-?[0-9]+|\\$\\{.*)',
    expects: 'a time such as `10m`, 0 to unload the model, or -1 to keep it',
    default: '5m',
    description: 'How long the server keeps the model in memory after the call: a time, 0 for not at all, -1 for ever.',
    examples: ['10m', -1],
  },
  cache: {
    enum: ['off', 'run', 'shared'],
    default: 'run',
    description: 'Whether an answer may be used for an equal call again: never, inside the run, or in every later run.',
    examples: ['shared'],
  },
  idle: duration('Longest silence between two messages of an answer; default: that of `limits`.', '2m'),
  total: duration('Longest time of the whole call; default: that of `limits`.', '10m'),
};
