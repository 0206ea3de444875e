import type { Transfer } from '@millrace/core';
import { bytes, duration } from '../render/figures.ts';
import { oneLine } from '../render/safe-text.ts';
import type { Terminal } from '../terminal.ts';

/** How far a download is, on a line that is written anew, or now and then on a line of its own. */
export interface PullView {
  show(transfer: Transfer): void;
  close(): void;
}

/** Milliseconds between two lines. */
const everyMs = { tty: 100, log: 2_000 } as const;

/** Shows it on stderr. */
export function createPullView(terminal: Terminal): PullView {
  const { errIsTty, columns } = terminal;
  let last: Transfer | undefined;
  let hasLine = false;
  const write = (): void => {
    if (!last) return;
    const line = transferLine(last);
    terminal.err(errIsTty ? `\r\u001b[K${line.slice(0, columns - 1)}` : `${line}\n`);
    hasLine = true;
    last = undefined;
  };
  const timer = setInterval(write, errIsTty ? everyMs.tty : everyMs.log);
  return {
    show: (transfer) => {
      last = transfer;
    },
    close: () => {
      clearInterval(timer);
      if (errIsTty && hasLine) terminal.err('\r\u001b[K');
    },
  };
}

/** `pulling a5fd3b62230a: 45 % · 1.2 GB of 2.7 GB · 45.0 MB/s · 33 s left` */
export function transferLine({ status, total, completed, bytesPerSecond, remainingMs }: Transfer): string {
  const what = oneLine(status, 60);
  if (total === 0) return what;
  return [
    `${what}: ${Math.floor((100 * completed) / total)} %`,
    `${bytes(completed)} of ${bytes(total)}`,
    ...(bytesPerSecond > 0 ? [`${bytes(Math.round(bytesPerSecond))}/s`] : []),
    ...(remainingMs === undefined || remainingMs === 0 ? [] : [`${duration(remainingMs)} left`]),
  ].join(' · ');
}
