import type { EndedRecord } from './saved-lines.ts';

/** One place that results go to, with its own order and format. */
export interface Target {
  /** A row is in work; called in the order of the input. */
  began(position: number): void;
  /** It has ended, and is durable in the journal. */
  ended(record: EndedRecord): void;
  /** A row has to wait for a later stage; nothing behind it can be written in the order of the input until then. */
  parked(position: number): void;
  /** A stage begins: rows that waited are in work again, in the order of the input. @param until The first that waits for another one. */
  nextStage(until: number | undefined): void;
  /** Resolves when there is room for more. @throws {MillraceError} `SAVE_FAILED`. */
  room(): Promise<void>;
  /** Writes what waits, and closes. @param isDone Whether all rows have ended. @throws {MillraceError} `SAVE_FAILED`. */
  close(isDone: boolean): Promise<void>;
}
