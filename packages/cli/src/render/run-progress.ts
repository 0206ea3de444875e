import { countRows, type LoadedWorkflow, type RunState } from '@millrace/runner';
import type { Invocation } from '../run/invocation.ts';
import type { Terminal } from '../terminal.ts';
import { createPace, progressLine } from './progress.ts';
import type { RealWork } from './real-work.ts';

/** Which rows a run takes. */
export type RowChoice = Pick<Invocation, 'first' | 'range' | 'sample'>;

/** Milliseconds between two lines of progress: on a terminal the same line is written anew. */
const everyMs = { tty: 100, log: 2_000 } as const;

/** The lines of progress of a run. */
export interface Progress {
  /** The first row is in work; may be said again. */
  begin(): void;
  state(state: RunState): void;
  close(): void;
}

/** Shows how far a run is, on a line that is written anew, or now and then on a line of its own. */
export function createProgress(
  workflow: LoadedWorkflow,
  selection: RowChoice,
  work: RealWork,
  terminal: Terminal,
): Progress {
  const pace = createPace();
  let current: RunState | undefined;
  let total: number | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const show = (): void => {
    if (current?.status !== 'running') return;
    pace.note(work, performance.now());
    const line = progressLine(current, pace, total);
    if (!terminal.errIsTty) terminal.err(`${line}\n`);
    else terminal.err(`\r\u001b[K${line.slice(0, terminal.columns - 1)}`);
  };
  return {
    begin: () => {
      if (timer || closed) return;
      pace.note(work, performance.now());
      timer = setInterval(show, terminal.errIsTty ? everyMs.tty : everyMs.log);
      void countRows(workflow, () => closed).then((rows) => {
        total = selectedOf(rows, selection);
      });
    },
    state: (state) => {
      current = state;
    },
    close: () => {
      if (timer && !closed && terminal.errIsTty) terminal.err('\r\u001b[K');
      closed = true;
      clearInterval(timer);
    },
  };
}

/** How many of so many rows a run takes, at most. */
function selectedOf(rows: number | undefined, { first, range, sample }: RowChoice): number | undefined {
  const behind = Math.min(rows ?? Number.POSITIVE_INFINITY, range?.to ?? Number.POSITIVE_INFINITY);
  const inRange = Math.max(0, behind - (range?.from ?? 1) + 1);
  const most = Math.min(inRange, sample?.size ?? inRange, first ?? inRange);
  return Number.isFinite(most) ? most : undefined;
}
