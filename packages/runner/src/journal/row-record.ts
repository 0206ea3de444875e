import type { GroupName } from '../reduce/group-name.ts';
import type { AnswerPlace, AnswerTable, StoredAnswer } from './answer-table.ts';
import type { CommitGroup } from './commit-group.ts';
import type { ItemTable } from './item-table.ts';
import type { ParkedTable } from './parked-table.ts';
import type { QuestionPlace } from './question-place.ts';
import type { RowPlace, RowResult, RowStatus, RowTable, StoredRow } from './row-table.ts';
import type { RowTally } from './row-tally.ts';

/** What a row in work asks of the journal, and tells it. Writes are durable with the next commit. */
export interface RowRecord {
  /** It has been in work before, in an earlier stage of this run. */
  readonly wasParked: boolean;
  /** The answer that was given to this request, at this place, before. */
  recall(place: AnswerPlace, request: string): StoredAnswer | undefined;
  /** The last answer to a question of a row that failed before and is tried again. */
  lastBefore(place: QuestionPlace): StoredAnswer | undefined;
  /** Whether the prompt of this row was cut here before, and pieces of it were answered. */
  wasCut(place: QuestionPlace): boolean;
  /** Has a question asked from the beginning. */
  forget(place: QuestionPlace): void;
  /** @param make Is called by the commit, when the next request is on its way. */
  keep(place: AnswerPlace, make: () => StoredAnswer): void;
  /** An attempt gave no answer. @param error JSON. */
  fail(place: AnswerPlace, attempt: number, error: string, at: number): void;
  /**
   * Has the row wait for a later stage. Resolves when that, and what it was answered so far, is durable.
   *
   * @param model What it waits for.
   * @param ended The steps that ended.
   * @throws {MillraceError} As `CommitGroup.committed`.
   */
  park(model: string, value: unknown, ended: readonly string[]): Promise<void>;
  /**
   * Resolves when the row, and all it depends on, is durable.
   *
   * @param make Is called by the commit, when the next request is on its way.
   * @throws {MillraceError} As `CommitGroup.committed`.
   */
  end(status: RowStatus, make: () => RowResult, items: readonly RowItems[], at: number): Promise<DurableEnd>;
}

/** How a row ended, as the journal has it. */
export interface DurableEnd {
  readonly result: RowResult;
  /** Its number in the order in which rows ended. */
  readonly sequence: number;
}

/** What a row is worth to a reduce. */
export interface RowItems {
  readonly reduce: string;
  readonly group: GroupName;
  readonly values: readonly unknown[];
}

/** What records are made with. */
export interface RecordTools {
  readonly rows: RowTable;
  readonly answers: AnswerTable;
  readonly items: ItemTable;
  readonly parked: ParkedTable;
  readonly tally: RowTally;
  readonly commits: CommitGroup;
  readonly pass: number;
  readonly definition: string;
  nextSequence(): number;
}

/** @param stored The row as the journal has it, from a time before. */
export function createRowRecord(
  place: RowPlace,
  stored: StoredRow | undefined,
  wasParked: boolean,
  tools: RecordTools,
): RowRecord {
  const { rows, answers, items, parked, tally, commits, pass, definition } = tools;
  let row = stored?.row;
  let ended: { readonly make: () => RowResult; readonly sequence: number; readonly at: number } | undefined;
  let result: RowResult | undefined;
  let isWritten = false;
  let isEndWritten = false;
  const known = new Map((stored ? answers.ofRow(stored.row) : []).map((answer) => [nameOf(answer), answer]));

  const answersTo = (place: QuestionPlace): StoredAnswer[] =>
    [...known.values()].filter((answer) => nameOf({ ...place, asked: answer.asked }) === nameOf(answer));

  /** Where the row has ended by then, it is written once and whole. */
  const written = (): number => {
    if (row !== undefined && isWritten) return row;
    const stamp = { pass, definition, sequence: ended?.sequence ?? null, at: ended?.at ?? null };
    result = ended?.make();
    if (row === undefined) row = rows.insert(place, stamp, result);
    else rows.update(row, place, stamp, result);
    isWritten = true;
    isEndWritten = ended !== undefined;
    return row;
  };

  const waitFor = async (commit: Promise<void>): Promise<void> => {
    try {
      await commit;
    } finally {
      commits.ended();
    }
  };

  commits.begun();
  if (stored && !wasParked) {
    commits.add(() => {
      answers.removeFailures(stored.row);
      items.removeOf(stored.row);
    });
  }
  return {
    wasParked,
    recall: (at, request) => {
      const answer = known.get(nameOf(at));
      if (answer?.request !== request) return undefined;
      known.delete(nameOf(at));
      return answer;
    },
    lastBefore: (at) => (stored?.status === 'failed' ? answersTo(at).sort((a, b) => b.asked - a.asked)[0] : undefined),
    wasCut: (at) =>
      stored?.definition === definition &&
      stored.hash === place.hash &&
      [...known.values()].some((answer) => isPieceOf(answer, at)),
    forget: (at) => {
      for (const answer of answersTo(at)) {
        known.delete(nameOf(answer));
        if (stored) commits.add(() => answers.remove(stored.row, answer));
      }
    },
    keep: (at, make) => {
      known.delete(nameOf(at));
      commits.add(() => answers.put(written(), make()));
    },
    fail: (at, attempt, error, time) => commits.add(() => answers.putFailure(written(), at, attempt, error, time)),
    park: async (model, value, ended) => {
      commits.add(() =>
        parked.put(written(), place.position, model, JSON.stringify(value ?? null), JSON.stringify(ended)),
      );
      await waitFor(commits.committed());
    },
    end: async (status, make, worth, at) => {
      const sequence = tools.nextSequence();
      ended = { make, at, sequence };
      if (place.step === '') tally.add(status, stored?.pass === pass ? stored.status : null);
      commits.add(() => {
        const number = written();
        if (!isEndWritten) {
          result = make();
          rows.update(number, place, { pass, definition, sequence, at }, result);
        }
        if (wasParked) parked.remove(number);
        // What nothing asked for any more goes; a row that failed may have stopped before it asked.
        if (status !== 'failed') for (const answer of known.values()) answers.remove(number, answer);
        for (const { reduce, group, values } of worth) items.put(number, reduce, group, values);
      });
      // A failure may stop the run, and others would go on in the meantime.
      await waitFor(status === 'failed' ? commits.flush() : commits.committed());
      return { result: result as RowResult, sequence };
    },
  };
}

const nameOf = ({ step, element, round, piece, asked }: AnswerPlace): string =>
  `${step} ${element} ${round} ${piece} ${asked}`;

const isPieceOf = (answer: StoredAnswer, { step, element, round, piece }: QuestionPlace): boolean =>
  answer.step === step &&
  answer.element === element &&
  answer.round === round &&
  answer.piece.startsWith(piece === '' ? '' : `${piece}.`) &&
  answer.piece !== '';
