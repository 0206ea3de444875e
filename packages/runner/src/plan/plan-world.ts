import type { World } from '../run-workflow.ts';

/** What a plan may touch, and which run it is of. */
export interface PlanWorld
  extends Pick<
    World,
    | 'hosts'
    | 'journal'
    | 'mode'
    | 'invocation'
    | 'inputs'
    | 'parallel'
    | 'first'
    | 'range'
    | 'sample'
    | 'kinds'
    | 'now'
    | 'random'
  > {
  /** Rows that are run for real, to know the time. Default: 0. */
  readonly probe?: number | undefined;
  /** Ends it, in any phase. */
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the rows that were looked at. */
  readonly onRows?: ((rows: number) => void) | undefined;
  /** Called when the probe begins, and with each of its rows that has ended. */
  readonly onProbe?: ((ended: number, rows: number) => void) | undefined;
}
