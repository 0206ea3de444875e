import type { StoredRow } from '../journal/row-table.ts';
import { nextTurn } from '../next-turn.ts';

/** What of a row, or of a group, its line is made of. */
export type EndedRecord = Pick<StoredRow, 'position' | 'key' | 'place' | 'result' | 'failure' | 'status'> & {
  readonly sequence: number | null;
  /** It ended in this pass at an earlier time. */
  readonly isOld?: boolean;
};

/** Where lines go. */
export interface LineSink {
  /**
   * @param next The first position, or sequence, that is not in it then; absent where these lines do not count as written.
   * @throws {MillraceError} `SAVE_FAILED`.
   */
  append(lines: string, next?: number): Promise<void>;
}

/** The lines of one target, in their order whatever order rows end in. */
export interface SavedLines {
  /** A row is in work; to be called in the order of the input. */
  began(position: number): void;
  /** It has ended, and is durable in the journal. */
  ended(record: EndedRecord): void;
  /** A row has to wait for a later stage; nothing behind it can be written in the order of the input until then. */
  parked(position: number): void;
  /** A stage begins: rows that waited are in work again, in the order of the input. @param until The first that waits for another one. */
  nextStage(until: number | undefined): void;
  /** Resolves when there is room for more lines; at once as a rule. @throws {MillraceError} `SAVE_FAILED`. */
  room(): Promise<void>;
  /** Writes what waits for rows that will not come; it does not count as written, for they may come yet. */
  finish(): Promise<void>;
}

/** What the lines of a target are made with. */
export interface LinesOptions {
  readonly sink: LineSink;
  readonly order: 'input' | 'completion';
  /** The first position that is not written yet. */
  readonly next: number;
  /** The line of a row, or null where it has none. */
  lineOf(record: EndedRecord): string | null;
  /** Rows that have ended, from the journal: in the order of the input, from a position on. */
  fetch(position: number, limit: number): readonly EndedRecord[];
}

/** UTF-16 units of lines that wait for the row before them; those above are asked for again when their turn comes. */
const maxHeld = 4 * 1024 * 1024;
/** Those that wait for a slow reader, in UTF-16 units and in number; rows wait above either. */
const maxWaiting = 256 * 1024;
const maxWaitingLines = 256;

/** Marks a line that the journal has. */
const inJournal = Symbol('in journal');

/** Puts lines in order, keeping few of them in memory. */
export function createSavedLines({ sink, order, next, lineOf, fetch }: LinesOptions): SavedLines {
  let queue: number[] = [];
  let head = 0;
  const held = new Map<number, string | null | typeof inJournal>();
  let heldLength = 0;
  let batch: string[] = [];
  let batchLength = 0;
  let batchNext = next;
  let writing: Promise<void> | undefined;
  let failure: unknown;
  /** Nothing from here on is written in this stage. */
  let until = Number.POSITIVE_INFINITY;
  /** Between the rows of a stage are those that ended in the stages before; they are in the journal only. */
  let hasGaps = false;

  const isBehind = (): boolean => batchNext > next || batch.length > 0;
  const write = async (): Promise<void> => {
    try {
      // The rows of a commit end one after the other: their lines go out together.
      await nextTurn();
      while (isBehind()) {
        const lines = batch.join('');
        next = batchNext;
        batch = [];
        batchLength = 0;
        await sink.append(lines, next);
        // Here, and not by each row that waits: there may be a thousand of them.
        releaseReady();
      }
    } catch (error) {
      failure = error;
    }
    writing = undefined;
  };
  const pump = (): void => {
    if (failure === undefined && isBehind()) writing ??= write();
  };
  const isFull = (): boolean => batchLength >= maxWaiting || batch.length >= maxWaitingLines;
  const put = (line: string | null): void => {
    if (line === null) return;
    batch.push(line);
    batchLength += line.length;
  };

  const hold = (position: number, line: string | null): void => {
    const isTooMuch = line !== null && heldLength + line.length > maxHeld;
    held.set(position, isTooMuch ? inJournal : line);
    if (!isTooMuch) heldLength += line?.length ?? 0;
  };
  const release = (position: number): void => {
    const line = held.get(position);
    held.delete(position);
    if (line === inJournal) {
      const [record] = fetch(position, 1);
      put(record?.position === position ? lineOf(record) : null);
    } else if (line !== undefined && line !== null) {
      heldLength -= line.length;
      put(line);
    }
  };
  /** Puts what ended before a position in an earlier stage. Returns whether that was all. */
  const fillGap = (position: number): boolean => {
    while (hasGaps && batchNext < position) {
      if (isFull()) return false;
      const records = fetch(batchNext, maxWaitingLines).filter((record) => record.position < position);
      for (const record of records) put(lineOf(record));
      const last = records.at(-1);
      if (last) batchNext = last.position + 1;
      if (records.length < maxWaitingLines) return true;
    }
    return true;
  };
  const releaseReady = (): void => {
    for (; head < queue.length && held.has(queue[head] as number) && !isFull(); head++) {
      const position = queue[head] as number;
      if (position >= until || !fillGap(position)) break;
      release(position);
      batchNext = position + 1;
    }
    if (head < 1024) return;
    queue = queue.slice(head);
    head = 0;
  };
  const settled = async (): Promise<void> => {
    while (writing) await writing;
    if (failure !== undefined) throw failure;
  };

  return {
    began: (position) => {
      if (order === 'input' && position >= next && position < until) queue.push(position);
    },
    parked: (position) => {
      until = Math.min(until, position);
    },
    nextStage: (first = Number.POSITIVE_INFINITY) => {
      if (order === 'completion') return;
      until = first;
      hasGaps = true;
      [queue, head, heldLength] = [[], 0, 0];
      held.clear();
    },
    ended: (record) => {
      if (order === 'completion') {
        // It was written in its order when the file was opened.
        if (record.isOld) return;
        put(lineOf(record));
        batchNext = Math.max(batchNext, (record.sequence ?? 0) + 1);
      } else {
        if (record.position < next || record.position >= until) return;
        hold(record.position, lineOf(record));
        releaseReady();
      }
      pump();
    },
    room: async () => {
      while (isFull() && failure === undefined) {
        pump();
        await writing;
      }
      if (failure !== undefined) throw failure;
    },
    finish: async () => {
      await settled();
      for (releaseReady(); isBehind(); releaseReady()) {
        pump();
        await settled();
      }
      while (!fillGap(queue[head] ?? until) || isBehind()) {
        pump();
        await settled();
      }
      if (hasGaps || until < Number.POSITIVE_INFINITY) {
        // All that has ended is in the journal, and only there.
        for (let records = fetch(batchNext, maxWaitingLines); records.length > 0; ) {
          const lines = records.map((record) => lineOf(record) ?? '').join('');
          const after = (records.at(-1) as EndedRecord).position + 1;
          if (lines !== '') await sink.append(lines);
          records = fetch(after, maxWaitingLines);
        }
        return;
      }
      const left = [...held.keys()].sort((a, b) => a - b);
      for (const position of left) {
        release(position);
        if (!isFull()) continue;
        await sink.append(batch.splice(0).join(''));
        batchLength = 0;
      }
      if (batch.length > 0) await sink.append(batch.splice(0).join(''));
    },
  };
}
