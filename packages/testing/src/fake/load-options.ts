import type { InstalledModel } from './fake-model.ts';

/** What a loaded instance was loaded with; a request that differs makes the server load it again. */
export interface LoadOptions {
  /** Effective window of one slot: at least 4, at most the model's training length. */
  readonly num_ctx: number;
  /** -1 where the request leaves it to the server: fits any. */
  readonly num_gpu: number;
  /** Absent counts as true. */
  readonly shift: boolean;
  readonly num_batch: number | null;
  readonly num_thread: number | null;
  readonly main_gpu: number | null;
  readonly use_mmap: boolean | null;
  readonly draft_num_predict: number | null;
}

const settings = ['num_batch', 'num_thread', 'main_gpu', 'use_mmap', 'draft_num_predict'] as const;

/** The load options of a request, its `options` already checked for types. */
export function loadOptionsOf(
  model: InstalledModel,
  options: Readonly<Record<string, unknown>>,
  shift: unknown,
): LoadOptions {
  const asked = (options.num_ctx ?? model.defaultContext) as number;
  return {
    num_ctx: Math.min(model.contextLength, Math.max(4, Math.trunc(asked))),
    num_gpu: (options.num_gpu ?? -1) as number,
    shift: shift !== false,
    ...(Object.fromEntries(settings.map((name) => [name, options[name] ?? null])) as Pick<
      LoadOptions,
      (typeof settings)[number]
    >),
  };
}

/** Whether a request can use an instance loaded with `loaded`. */
export function fitsLoaded(loaded: LoadOptions, asked: LoadOptions): boolean {
  return (
    loaded.num_ctx === asked.num_ctx &&
    loaded.shift === asked.shift &&
    (asked.num_gpu < 0 || asked.num_gpu === loaded.num_gpu) &&
    settings.every((name) => loaded[name] === asked[name])
  );
}
