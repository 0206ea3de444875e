import type { FakeModel } from './fake-model.ts';

/** A model the fake registry has. */
export interface PullableModel extends FakeModel {
  /** Bytes of its layers, one row of progress each step. Default: one of `size`. */
  readonly layers?: readonly number[];
  /** Rows a layer gets. Default 4. */
  readonly steps?: number;
  /** Milliseconds between rows. Default 0. */
  readonly stepMs?: number;
  /** Ends the download with this error, after all rows of progress. */
  readonly error?: string;
}
