import type { KeepAlive, ModelOptions } from '@millrace/core';

/** What a call asks of a host. */
export interface Ask {
  readonly model: string;
  readonly options: ModelOptions | undefined;
  /** Embedding models are loaded by another request. */
  readonly embeds: boolean;
  /** How long the model shall stay, where the workflow says so. */
  readonly keepAlive: KeepAlive | undefined;
  /** Calls of earlier rows go first, so that what a row reads again is still in the cache. */
  readonly order: number;
}

/** Options that a model is loaded with; another value of one loads it again. */
const loadOptions = [
  'num_ctx',
  'num_batch',
  'num_gpu',
  'main_gpu',
  'num_thread',
  'use_mmap',
  'draft_num_predict',
] as const satisfies readonly (keyof ModelOptions)[];

/** What must be loaded for a call: the same text for calls that need no load between them. */
export function loadOf(model: string, options: ModelOptions | undefined): string {
  if (options === undefined) return model;
  let text = texts.get(options);
  if (text === undefined) {
    const own = loadOptionsIn(options);
    text = own === undefined ? '' : ` ${JSON.stringify(own)}`;
    texts.set(options, text);
  }
  return model + text;
}

/** Calls without options of their own share one object. */
const texts = new WeakMap<ModelOptions, string>();

/** The options of a request that a load takes; undefined where there are none. */
export function loadOptionsIn(options: ModelOptions | undefined): ModelOptions | undefined {
  if (options === undefined) return undefined;
  const own = loadOptions.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]);
  return own.length === 0 ? undefined : (Object.fromEntries(own) as ModelOptions);
}
