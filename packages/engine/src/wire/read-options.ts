import { RequestError } from './request-error.ts';

/** How an answer is generated: `options` of a request, with Ollama's defaults. */
export interface GenerationOptions {
  /** Undefined: the server's default. */
  readonly numCtx: number | undefined;
  readonly numKeep: number;
  readonly numPredict: number;
  /** Negative: another one each time. */
  readonly seed: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly repeatLastN: number;
  readonly repeatPenalty: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  /** Undefined: the model's own. */
  readonly stop: readonly string[] | undefined;
}

type Kind = 'integer' | 'float32' | 'boolean' | 'array';

/** Every option Ollama knows; those that make no difference here are still checked, like there. */
const kinds: Readonly<Record<string, Kind>> = {
  num_ctx: 'integer',
  num_batch: 'integer',
  num_gpu: 'integer',
  main_gpu: 'integer',
  use_mmap: 'boolean',
  num_thread: 'integer',
  draft_num_predict: 'integer',
  num_keep: 'integer',
  seed: 'integer',
  num_predict: 'integer',
  temperature: 'float32',
  top_k: 'integer',
  top_p: 'float32',
  min_p: 'float32',
  typical_p: 'float32',
  repeat_last_n: 'integer',
  repeat_penalty: 'float32',
  presence_penalty: 'float32',
  frequency_penalty: 'float32',
  stop: 'array',
};

/** Reads `options`; unknown ones are ignored, null counts as not given, integers given as floats are cut. */
export function readOptions(options: Readonly<Record<string, unknown>>): GenerationOptions {
  for (const [name, value] of Object.entries(options)) check(name, value);
  const number = <Default>(name: string, otherwise: Default): number | Default => {
    const value = options[name];
    if (typeof value !== 'number') return otherwise;
    return kinds[name] === 'integer' ? Math.trunc(value) : value;
  };
  return {
    numCtx: number('num_ctx', undefined),
    numKeep: number('num_keep', 4),
    numPredict: number('num_predict', -1),
    seed: number('seed', -1),
    temperature: number('temperature', 0.8),
    topK: number('top_k', 40),
    topP: number('top_p', 0.9),
    minP: number('min_p', 0),
    repeatLastN: number('repeat_last_n', 64),
    repeatPenalty: number('repeat_penalty', 1),
    presencePenalty: number('presence_penalty', 0),
    frequencyPenalty: number('frequency_penalty', 0),
    stop: Array.isArray(options.stop) ? options.stop.map(String) : undefined,
  };
}

function check(name: string, value: unknown): void {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined || value === null) return;
  const fits = kind === 'array' ? Array.isArray(value) : typeof value === (kind === 'boolean' ? 'boolean' : 'number');
  if (!fits) throw new RequestError(500, `option "${name}" must be of type ${kind}`);
  if (Array.isArray(value) && !value.every((item) => typeof item === 'string')) {
    throw new RequestError(500, `option "${name}" must be of an array of strings`);
  }
}
