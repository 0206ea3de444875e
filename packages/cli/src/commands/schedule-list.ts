import { isoTime, type ServedSchedule, servedSchedule } from '@millrace/server';
import { exitCodes } from '../exit-codes.ts';
import { journalPath } from '../journal-path.ts';
import { ago, ahead, plural } from '../render/figures.ts';
import { oneLine, safeJson } from '../render/safe-text.ts';
import { alignColumns } from '../render/table.ts';
import { findScheduled } from '../schedule/find-scheduled.ts';
import { withBook } from '../schedule/open-book.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace schedule list`. */
export interface ScheduleListFlags {
  readonly format: 'text' | 'json';
  readonly journal?: string;
}

/** `millrace schedule list [DIR…]`: what is due when, and how it went last. Returns the exit code. */
export async function scheduleList(
  words: readonly string[],
  flags: ScheduleListFlags,
  terminal: Terminal,
): Promise<number> {
  const { scheduled, broken } = await findScheduled(words, terminal);
  const now = Date.now();
  return await withBook(journalPath(flags, terminal), async (book) => {
    const rows = scheduled.map(({ id, file, schedule }) => ({
      id,
      file,
      state: servedSchedule(file, schedule, book, book?.kept(file), now),
    }));
    if (flags.format === 'json') {
      await terminal.out(`${safeJson(rows.map(({ id, file, state }) => scheduleJson(id, file, state)))}\n`);
    } else if (rows.length === 0) await terminal.out('No workflow here has a schedule.\n');
    else await terminal.out(tableOf(rows, now));
    if (broken.length > 0)
      terminal.err(`${plural(broken.length, 'file')} with problems left out: see \`millrace validate\`.\n`);
    const server = book?.server(now);
    if (flags.format === 'text' && rows.length > 0)
      terminal.err(server ? `Served by the process ${server.pid} at ${server.url ?? server.host}.\n` : notServed);
    return rows.some(({ state }) => isFailing(state)) ? exitCodes.failedRows : exitCodes.done;
  });
}

const notServed = 'Nothing starts them now: `millrace serve` does.\n';

/** Its last run failed, or it is paused since too many did. */
const isFailing = ({ failures, paused }: ServedSchedule): boolean => failures > 0 || paused?.by === 'failures';

const tableOf = (rows: readonly { readonly id: string; readonly state: ServedSchedule }[], now: number): string =>
  alignColumns([
    ['WORKFLOW', 'WHEN', 'NEXT', 'LAST', 'STATE'],
    ...rows.map(({ id, state }) => [
      oneLine(id, 60),
      oneLine(state.when, 40),
      state.next === undefined ? '-' : ahead(state.next, now),
      state.last ? `${state.last.state} ${ago(state.last.due, now)}` : '-',
      stateText(state),
    ]),
  ])
    .map((line) => `${line}\n`)
    .join('');

function stateText({ paused, running, waiting, failures }: ServedSchedule): string {
  const parts = [
    ...(paused ? [paused.by === 'failures' ? 'paused by failures' : 'paused'] : []),
    ...(running > 0 ? ['running'] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(failures > 0 ? [`failed ${failures === 1 ? 'last time' : `${failures} times in a row`}`] : []),
  ];
  return parts.length === 0 ? 'ok' : parts.join(', ');
}

/** As the HTTP API says it. */
const scheduleJson = (id: string, file: string, { next, paused, last, ...state }: ServedSchedule) => ({
  workflow: id,
  file,
  ...state,
  ...(next !== undefined && { next: isoTime(next) }),
  ...(paused && { paused: { by: paused.by, at: isoTime(paused.at) } }),
  ...(last && {
    last: {
      due: isoTime(last.due),
      cause: last.cause,
      state: last.state,
      ...(last.reason !== undefined && { reason: last.reason }),
      ...(last.run !== undefined && { run: last.run }),
    },
  }),
});
