import { joinText, textBetween } from './utf8.ts';

const newline = 0x0a;

/**
 * Cuts the bytes of one stream into lines at 0x0A, whatever the borders of the chunks.
 *
 * The lines that a chunk completes are decoded together (a newline is never a part of another character in UTF-8), and a
 * line that spans many chunks is joined once.
 */
export abstract class LineReader {
  private readonly maxLineBytes: number;
  private rest: Uint8Array[] = [];
  private restBytes = 0;

  constructor(maxLineBytes: number) {
    this.maxLineBytes = maxLineBytes;
  }

  /** No more lines are wanted. */
  protected abstract get isOver(): boolean;
  /** Takes a line without its newline. */
  protected abstract takeLine(line: string): void;
  /** Hears of a line that is too long; nothing may come after it. */
  protected abstract refuseLine(maxLineBytes: number): void;

  /** Takes the next chunk. */
  next(bytes: Uint8Array): void {
    const last = bytes.length - 1;
    // As Ollama writes them, a chunk is a line; few and large functions are compiled soon, see docs/decisions/2026-11-23-hot-path.md.
    if (bytes[last] === newline && this.restBytes === 0 && last <= this.maxLineBytes) {
      const text = textBetween(bytes, 0, last);
      if (text.includes('\n')) this.takeLines(text);
      else this.takeLine(text);
    } else this.takePart(bytes);
  }

  /** What stands behind the last newline; empty if nothing does. */
  protected tail(): string {
    if (this.restBytes === 0) return '';
    const text = joinText(this.rest, this.restBytes);
    this.rest = [];
    this.restBytes = 0;
    return text;
  }

  private takeLines(text: string): void {
    for (const line of text.split('\n')) {
      if (this.isOver) return;
      this.takeLine(line);
    }
  }

  // A chunk that ends inside a line, or goes on with one.
  private takePart(bytes: Uint8Array): void {
    const { maxLineBytes, restBytes } = this;
    const tooLong = restBytes + bytes.length > maxLineBytes ? findTooLong(bytes, restBytes, maxLineBytes) : -1;
    const end = tooLong === -1 ? bytes.lastIndexOf(newline) : tooLong - 1;
    if (end !== -1) this.takeLines(this.textUpTo(end, bytes));
    if (this.isOver) return;
    if (tooLong !== -1) this.refuseLine(maxLineBytes);
    else if (end + 1 < bytes.length) this.keep(end === -1 ? bytes : bytes.subarray(end + 1));
  }

  private textUpTo(end: number, bytes: Uint8Array): string {
    if (this.restBytes === 0) return textBetween(bytes, 0, end);
    this.keep(bytes.subarray(0, end));
    return this.tail();
  }

  private keep(bytes: Uint8Array): void {
    this.rest.push(bytes);
    this.restBytes += bytes.length;
  }
}

/** Where the first line begins that is longer than `max`, or -1; `before` bytes of the first line came earlier. */
function findTooLong(bytes: Uint8Array, before: number, max: number): number {
  let start = 0;
  let length = before;
  while (start <= bytes.length) {
    const found = bytes.indexOf(newline, start);
    const end = found === -1 ? bytes.length : found;
    if (length + end - start > max) return start;
    start = end + 1;
    length = 0;
  }
  return -1;
}
