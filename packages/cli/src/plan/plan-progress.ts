import { count, plural } from '../render/figures.ts';
import type { Terminal } from '../terminal.ts';

/** Says what takes its time. */
export interface PlanProgress {
  /** So many rows were looked at. */
  rows(rows: number): void;
  /** So many of the probed rows have ended. */
  probe(ended: number, rows: number): void;
  /** May be called twice. */
  close(): void;
}

/** Milliseconds between two figures. */
const everyMs = 100;

/** On a terminal a line that is written anew; elsewhere only that a probe begins. */
export function createPlanProgress({ err, errIsTty, columns }: Terminal): PlanProgress {
  let shownAt = 0;
  let isShown = false;
  const show = (text: string): void => {
    const now = performance.now();
    if (!errIsTty || (isShown && now - shownAt < everyMs)) return;
    [shownAt, isShown] = [now, true];
    err(`\r\u001b[K${text.slice(0, columns - 1)}`);
  };
  return {
    rows: (rows) => show(`${count(rows)} rows read`),
    probe: (ended, rows) => {
      if (!errIsTty && ended === 0) err(`Probing ${plural(rows, 'row')}: the run keeps their results.\n`);
      show(`${count(ended)} of ${plural(rows, 'row')} probed; the run keeps their results`);
    },
    close: () => {
      if (isShown) err('\r\u001b[K');
      isShown = false;
    },
  };
}
