import { joinText, textBetween } from './utf8.ts';

const newline = 0x0a;

/**
 * Cuts the bytes of one stream into lines at 0x0A, whatever the borders of the chunks.
 *
 * Each line is decoded by itself (a newline is never a part of another character in UTF-8): of a chunk decoded at once,
 * one character beyond ASCII would make all lines slow. A line that spans many chunks is joined once.
 */
export abstract class LineReader {
  private readonly maxLineBytes: number;
  private rest: Uint8Array[] = [];
  private restBytes = 0;

  constructor(maxLineBytes: number) {
    this.maxLineBytes = maxLineBytes;
  }

  /** Takes a line without its newline; false ends the reading. */
  protected abstract takeLine(line: string): boolean;
  /** Hears of a line that is too long; nothing may be pushed after it. */
  protected abstract refuseLine(maxLineBytes: number): void;

  /** Takes the next chunk. */
  protected push(bytes: Uint8Array): void {
    let start = 0;
    while (start < bytes.length) {
      const found = bytes.indexOf(newline, start);
      const end = found === -1 ? bytes.length : found;
      if (this.restBytes + end - start > this.maxLineBytes) {
        this.refuseLine(this.maxLineBytes);
        return;
      }
      if (found === -1) this.keep(start === 0 ? bytes : bytes.subarray(start));
      else if (!this.takeLine(this.lineOf(bytes, start, end))) return;
      start = end + 1;
    }
  }

  /** What stands behind the last newline; empty if nothing does. */
  protected tail(): string {
    const text = joinText(this.rest, this.restBytes);
    this.rest = [];
    this.restBytes = 0;
    return text;
  }

  private lineOf(bytes: Uint8Array, start: number, end: number): string {
    if (this.restBytes === 0) return textBetween(bytes, start, end);
    this.keep(bytes.subarray(start, end));
    return this.tail();
  }

  private keep(bytes: Uint8Array): void {
    this.rest.push(bytes);
    this.restBytes += bytes.length;
  }
}
