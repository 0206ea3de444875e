import { describeError, type ErrorDescription } from '@millrace/errors';
import { concat, from, map, type Observable } from 'rxjs';
import type { RowEnd, RunEvent } from './events.ts';
import type { RowPlace, RowResult, StoredRow } from './journal/row-table.ts';
import type { RunJournal } from './journal/run-journal.ts';
import { labelEvents } from './label-values.ts';
import type { EndedRow, Row } from './row.ts';
import type { TakenBy } from './row-keys.ts';
import { resultOfRow } from './row-result.ts';
import { type RowBook, type RowOutcome, type RowPlan, runRow } from './run-row.ts';
import type { Save } from './save/open-save.ts';

/** What rows are run with. */
export interface RowTools {
  readonly plan: RowPlan;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly run: RunJournal;
  readonly save: Save;
  /** A hash of what the results of rows depend on in the workflow. */
  readonly definition: string;
  readonly labels: readonly string[];
  /** Whether a row that failed before is to run again. */
  isTriedAgain(stored: StoredRow): boolean;
  /** Hears of each row that has to wait for a later stage. */
  parked(): void;
  now(): number;
}

/** Rows on their way through a run, each once. */
export interface RunningRows {
  /** Whether an earlier row of this pass has the key. */
  readonly takenBy: TakenBy;
  /** The events of a row, which completes when its outcome is durable and there is room for more. @throws What journal and save throw. */
  start(row: Row | EndedRow): Observable<RunEvent>;
  /** Waits for rows that have ended but were not heard of, since nobody listens any more; gives what they had to say. */
  settle(): Promise<readonly RowEnd[]>;
}

/** Runs each row that the journal has no result of, and takes over the others. */
export function createRunningRows(tools: RowTools): RunningRows {
  const { plan, inputs, run, save, definition, labels, isTriedAgain, parked, now } = tools;
  /** The keys of rows that the journal need not know yet. */
  const inWork = new Map<string, Row | EndedRow>();
  /** Rows that have ended, until their event was heard. */
  const ending = new Map<RowEnd, Promise<void>>();

  const finish = (row: Row | EndedRow, end: () => Promise<void>, event: RowEnd): Promise<void> => {
    const ended = endAndForget(row, end);
    ending.set(event, ended);
    return ended;
  };
  const endAndForget = async (row: Row | EndedRow, end: () => Promise<void>): Promise<void> => {
    try {
      await end();
    } finally {
      if (inWork.get(row.key) === row) inWork.delete(row.key);
    }
  };
  /** A row is looked for when its key is made, and again when it begins. */
  let lastFound: { readonly key: string; readonly stored: StoredRow | undefined } | undefined;
  const find = (key: string): StoredRow | undefined => {
    if (lastFound?.key !== key) lastFound = { key, stored: run.find('', key) };
    return lastFound.stored;
  };
  const heard = (event: RowEnd): RowEnd => {
    ending.delete(event);
    return event;
  };

  const runNew = (row: Row, stored: StoredRow | undefined): Observable<RunEvent> => {
    const place = placeOf(row);
    const record = run.begin(place, stored, definition, row.ended !== undefined);
    const book: RowBook = {
      record,
      heard,
      endedBefore: row.ended ? new Set(row.ended) : nothing,
      park: async (model, ended) => {
        await record.park(model, row.value, ended);
        if (inWork.get(row.key) === row) inWork.delete(row.key);
        save.parked('', row.index);
        parked();
      },
      finish: ({ end, steps, items }: RowOutcome) =>
        finish(
          row,
          async () => {
            const make = (): RowResult => resultOfRow(end, row.value, steps, labels);
            const { result, sequence } = await record.end(end.status, make, items, now());
            await save.ended('', { sequence, ...place, ...result });
          },
          end,
        ),
    };
    return runRow(row, inputs, plan, book);
  };

  /** Left out, or never readable. */
  const endNow = (row: EndedRow, stored: StoredRow | undefined): Observable<RunEvent> => {
    const place = placeOf(row);
    const event = endOf(row);
    const end = async (): Promise<void> => {
      const make = (): RowResult => resultOfRow(event, row.read, [], []);
      const { result, sequence } = await run.begin(place, stored, definition).end(event.status, make, [], now());
      await save.ended('', { sequence, ...place, ...result });
    };
    return from(finish(row, end, event)).pipe(map(() => heard(event)));
  };

  const takeOver = (row: Row | EndedRow, stored: StoredRow): Observable<RunEvent> => {
    const event = reusedEnd(row, stored);
    const isMoved = stored.pass !== run.pass;
    const end = async (): Promise<void> => {
      const sequence = isMoved ? await run.carry(stored, placeOf(row)) : stored.sequence;
      await save.ended('', { isOld: !isMoved, ...stored, position: row.index, sequence });
    };
    return concat(
      labelEvents(stored.labels, row.key, row.index),
      from(finish(row, end, event)).pipe(map(() => heard(event))),
    );
  };

  const isStill = (row: Row | EndedRow, stored: StoredRow): boolean => {
    if (stored.status === null || stored.definition !== definition) return false;
    if (!('value' in row))
      return row.error === undefined
        ? stored.status === 'skipped'
        : stored.status === 'failed' && stored.pass === run.pass;
    return isFinal(row, stored, definition) && !(stored.status === 'failed' && isTriedAgain(stored));
  };

  return {
    takenBy: (key, index) => {
      const active = inWork.get(key);
      if (active) return active.index === index ? undefined : active.place;
      const stored = find(key);
      return stored && stored.pass === run.pass && stored.position < index ? stored.place : undefined;
    },
    start: (row) => {
      const stored = hasKey(row) ? find(row.key) : run.findUnkeyed(row.index);
      lastFound = undefined; // from here on it changes
      if (hasKey(row)) inWork.set(row.key, row);
      save.began('', row.index);
      if (stored && isStill(row, stored)) return takeOver(row, stored);
      return 'value' in row ? runNew(row, stored) : endNow(row, stored);
    },
    settle: async () => {
      const unheard = [...ending.keys()];
      await Promise.all(ending.values());
      return unheard;
    },
  };
}

/** Whether a row ended before, and would end the same: neither it nor what its result depends on in the workflow has changed. */
export const isFinal = (row: Pick<Row, 'hash'>, stored: StoredRow, definition: string): boolean =>
  stored.status !== null && stored.status !== 'skipped' && stored.definition === definition && stored.hash === row.hash;

const nothing: ReadonlySet<string> = new Set();

/** A row that could not be read has its place for a key, and so has one whose key another row has. */
const hasKey = (row: Row | EndedRow): boolean => 'value' in row || row.error === undefined;

const placeOf = (row: Row | EndedRow): RowPlace => ({
  step: '',
  position: row.index,
  key: hasKey(row) ? row.key : null,
  place: row.place,
  hash: 'hash' in row ? row.hash : null,
});

const endOf = ({ index, key, error }: EndedRow): RowEnd =>
  error
    ? { type: 'row-end', index, key, status: 'failed', error: describeError(error) }
    : { type: 'row-end', index, key, status: 'skipped' };

function reusedEnd({ index, key }: Row | EndedRow, stored: StoredRow): RowEnd {
  const failure = stored.failure === null ? undefined : JSON.parse(stored.failure);
  return {
    type: 'row-end',
    index,
    key,
    status: stored.status ?? 'ok',
    reused: { promptTokens: stored.prompt_tokens ?? 0, outputTokens: stored.output_tokens ?? 0 },
    ...(failure && failureOf(failure)),
  };
}

/** What the journal keeps of a failure, as its event had it. */
function failureOf({
  error,
  answer,
  attempts,
}: Record<string, unknown>): Pick<RowEnd, 'error' | 'answer' | 'attempts'> {
  return {
    error: error as ErrorDescription,
    ...(typeof answer === 'string' && { answer }),
    ...(typeof attempts === 'number' && attempts > 0 && { attempts }),
  };
}
