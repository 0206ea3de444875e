import type { JsonSchema } from '../json-schema.ts';

/** The options that Ollama knows, by name; it ignores all others in silence. Source: the API reference of Ollama 0.33. */
export const ollamaOptions = {
  num_ctx: { type: 'integer', minimum: 4, description: 'Context window in tokens. A change reloads the model.' },
  num_batch: {
    type: 'integer',
    minimum: 1,
    description: 'Tokens of the prompt that are read at once. A change reloads the model.',
  },
  num_gpu: {
    type: 'integer',
    minimum: -1,
    default: -1,
    description: 'Layers on the GPU; -1 is automatic, 0 is CPU only. A change reloads the model.',
  },
  main_gpu: {
    type: 'integer',
    minimum: 0,
    description: 'Puts the whole model on this GPU. A change reloads the model.',
  },
  use_mmap: { type: 'boolean', description: 'Maps the file instead of reading it. A change reloads the model.' },
  num_thread: {
    type: 'integer',
    minimum: 0,
    default: 0,
    description: 'CPU threads; 0 is automatic. A change reloads the model.',
  },
  draft_num_predict: {
    type: 'integer',
    minimum: 0,
    default: 4,
    description: 'Speculative tokens per step of a draft model. A change reloads the model.',
  },
  num_keep: {
    type: 'integer',
    default: 4,
    description: 'Leading tokens kept when the context shifts; negative keeps the whole prompt.',
  },
  seed: { type: 'integer', default: -1, description: 'Seed of the sampling; -1 is random.' },
  num_predict: {
    type: 'integer',
    not: { const: 0 },
    expects: 'a number of tokens from 1 on, or -1 for no limit',
    default: -1,
    description: 'Most tokens to answer; -1 is without limit. 0 is refused, since servers take it as no limit.',
  },
  top_k: { type: 'integer', minimum: 0, default: 40, description: 'Sample from the k likeliest tokens; 0 is off.' },
  top_p: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    default: 0.9,
    description: 'Sample from the likeliest tokens that make up this probability; 1 is off.',
  },
  min_p: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    default: 0,
    description: 'Leave out tokens less likely than this share of the likeliest; 0 is off.',
  },
  typical_p: { type: 'number', minimum: 0, maximum: 1, default: 1, description: 'Typical sampling; 1 is off.' },
  repeat_last_n: {
    type: 'integer',
    minimum: -1,
    default: 64,
    description: 'Tokens that repeat_penalty looks back; 0 is off, -1 the whole context.',
  },
  temperature: {
    type: 'number',
    minimum: 0,
    default: 0.8,
    description: '0 always takes the likeliest token; higher is more varied.',
  },
  repeat_penalty: { type: 'number', minimum: 0, default: 1.0, description: 'Penalty for repeated tokens; 1 is off.' },
  presence_penalty: { type: 'number', default: 0, description: 'Penalty for tokens that have occurred; 0 is off.' },
  frequency_penalty: {
    type: 'number',
    default: 0,
    description: 'Penalty for tokens by how often they have occurred; 0 is off.',
  },
  stop: { type: 'array', items: { type: 'string' }, description: 'Texts that end the answer.' },
} as const satisfies Record<string, JsonSchema>;
