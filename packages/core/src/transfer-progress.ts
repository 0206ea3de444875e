import type { MessageShape } from './messages.ts';

/** A row of progress of a pull, a push, a create or an upload. */
export interface TransferProgress {
  /** What is being done, for people; `success` on the last row and on no other. */
  readonly status: string;
  /** Which part is meant, as `sha256:…`. */
  readonly digest?: string;
  /** Bytes of the part; absent for 0. */
  readonly total?: number;
  /** Bytes that are there; absent for 0, and smaller than before where a piece had to be dropped. */
  readonly completed?: number;
}

/** How the rows of a transfer are read: only `success` is the end. */
export const transferShape: MessageShape<TransferProgress> = { isFinal: ({ status }) => status === 'success' };
