import { OllamaError } from '@millrace/errors';
import type { Observer } from 'rxjs';
import { LineReader } from './line-reader.ts';

/** Takes values until it is closed. */
export interface Target<T> extends Observer<T> {
  readonly closed: boolean;
}

/** Reads the bytes of one stream as lines of JSON, and hands their values, or its error, to `target`. */
export class ValueReader<T> extends LineReader implements Observer<Uint8Array> {
  private readonly where: string;
  private readonly target: Target<T>;
  private number = 0;

  constructor(target: Target<T>, where: string, maxLineBytes: number) {
    super(maxLineBytes);
    this.where = where;
    this.target = target;
  }

  error(error: unknown): void {
    this.target.error(error);
  }

  complete(): void {
    const tail = this.tail();
    if (isCutObject(tail)) this.error(cut(this.where, this.number + 1));
    else this.takeLine(tail);
    if (!this.isOver) this.target.complete();
  }

  protected override get isOver(): boolean {
    return this.target.closed;
  }

  protected override takeLine(line: string): void {
    this.number += 1;
    // A blank line begins with white space or is empty; testing the first character keeps the usual line cheap.
    if (line.charCodeAt(0) !== openingBrace && line.trim() === '') return;
    let value: T;
    try {
      value = JSON.parse(line) as T;
    } catch (cause) {
      this.error(malformed(this.where, this.number, line, cause));
      return;
    }
    this.target.next(value);
  }

  protected override refuseLine(maxLineBytes: number): void {
    this.error(tooLong(this.where, this.number + 1, maxLineBytes));
  }
}

const openingBrace = 0x7b;

function isCutObject(tail: string): boolean {
  if (!tail.trimStart().startsWith('{')) return false;
  try {
    JSON.parse(tail);
    return false;
  } catch {
    return !tail.trimEnd().endsWith('}');
  }
}

function malformed(where: string, number: number, line: string, cause: unknown): OllamaError {
  const start = line.length > 80 ? `${line.slice(0, 80)}…` : line;
  return new OllamaError('LINE_MALFORMED', `${where}: line ${number} is not JSON: ${start}`, {}, { cause });
}

const tooLong = (where: string, number: number, limit: number): OllamaError =>
  new OllamaError('LINE_TOO_LONG', `${where}: line ${number} is longer than ${limit} bytes (maxLineBytes).`);

const cut = (where: string, number: number): OllamaError =>
  new OllamaError('STREAM_TRUNCATED', `${where}: the answer ended inside line ${number}.`);
