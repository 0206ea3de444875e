import { setTimeout } from 'node:timers/promises';
import type { EndedPage } from '@millrace/runner';
import type { JournalAccess } from '../journal-access.ts';
import { eventId } from './event-id.ts';
import { rowEndJson, runEndJson, runStartJson } from './event-json.ts';
import { eventText } from './event-text.ts';

/** From where, and how long. */
export interface RunEventsOptions {
  /** The sequence behind which they begin; absent for the beginning of the run. */
  readonly after?: number | undefined;
  readonly signal: AbortSignal;
  /** How often a run in work is looked at. */
  readonly pollMs?: number;
  /** A stream that says nothing for so long sends a comment, so that nobody takes the connection for dead. */
  readonly heartbeatMs?: number;
}

/** So much of the journal is in memory at once, a row more. */
export const pageBytes = 64 * 1024;

/** How soon a browser that lost the connection comes back. */
const opening = 'retry: 2000\n\n';

/**
 * The events of a run as text, from the journal: those of a run of any process, and of one that ended long ago. Ends after `run-end`, and where
 * the run is not there any more.
 *
 * Nothing is read before it is asked for: whoever takes the text slowly has it read slowly.
 */
export async function* runEvents(
  journal: JournalAccess,
  id: string,
  { after, signal, pollMs = 250, heartbeatMs = 15_000 }: RunEventsOptions,
): AsyncGenerator<string> {
  let place = after ?? -1;
  let pass = after === undefined ? -1 : undefined;
  let saidAt = Date.now();
  yield opening;
  while (!signal.aborted) {
    const page = await journal.read((reader) => reader.ended(id, place, pageBytes));
    if (!page) return;
    const isOther = pass !== undefined && pass !== page.pass;
    pass = page.pass;
    const text = (isOther ? eventText(runStartJson(page.run)) : '') + rowsText(page);
    place = page.rows.at(-1)?.sequence ?? place;
    if (text !== '') yield text;
    if (text !== '') saidAt = Date.now();
    if (!page.isLast) continue;
    if (page.run.status !== 'running') {
      yield eventText(runEndJson(page), eventId({ after: place, isEnd: true }));
      return;
    }
    await setTimeout(pollMs, undefined, { signal, ref: false }).catch(ignoreAbort);
    if (Date.now() - saidAt < heartbeatMs) continue;
    yield ': still here\n\n';
    saidAt = Date.now();
  }
}

const rowsText = ({ rows }: EndedPage): string =>
  rows.map((row) => eventText(rowEndJson(row), eventId({ after: row.sequence, isEnd: false }))).join('');

function ignoreAbort(error: unknown): void {
  if ((error as Error).name !== 'AbortError') throw error;
}
