import type { ServeEngineOptions } from './serve-engine.ts';

/** What the child is told on its command line, as JSON. */
export type ChildOptions = Pick<ServeEngineOptions, 'models' | 'parallel' | 'port'>;

/** What the child tells its parent, once. */
export type ChildMessage =
  | { readonly type: 'ready'; readonly baseUrl: string }
  | { readonly type: 'failed'; readonly message: string; readonly hint: string; readonly cause?: string };
