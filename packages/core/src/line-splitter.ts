import { joinText, textOfBytes } from './utf8.ts';

const newline = 0x0a;

/** Cuts bytes into lines at 0x0A, whatever the borders of the chunks. */
export interface LineSplitter {
  /** Takes the next chunk. @returns false where a line is too long; nothing may be pushed after it. */
  push(bytes: Uint8Array): boolean;
  /** What stands behind the last newline; empty if nothing does. */
  tail(): string;
}

/**
 * Creates the splitter of one stream. The lines that a chunk completes are decoded together (a newline is never a part
 * of another character in UTF-8), and a line that spans many chunks is joined once.
 *
 * @param emit Takes a line without its newline; false ends the reading.
 */
export function createLineSplitter(maxLineBytes: number, emit: (line: string) => boolean): LineSplitter {
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  const keep = (bytes: Uint8Array): void => {
    rest.push(bytes);
    restBytes += bytes.length;
  };
  const takeRest = (): string => {
    const text = joinText(rest, restBytes);
    rest = [];
    restBytes = 0;
    return text;
  };
  const takeText = (bytes: Uint8Array): string => {
    if (restBytes === 0) return textOfBytes(bytes);
    keep(bytes);
    return takeRest();
  };
  return {
    push: (bytes) => {
      // Most chunks end with a line: looking there first saves a search, and a view that costs as much as a line.
      const last = bytes.length - 1;
      const end = bytes[last] === newline ? last : bytes.lastIndexOf(newline);
      const tooLong = restBytes + bytes.length > maxLineBytes ? findTooLong(bytes, restBytes, maxLineBytes) : -1;
      const usable = tooLong === -1 ? end + 1 : tooLong;
      if (usable > 0 && !emitLines(takeText(usable === bytes.length ? bytes : bytes.subarray(0, usable)), emit))
        return true;
      if (tooLong !== -1) return false;
      if (usable < bytes.length) keep(usable === 0 ? bytes : bytes.subarray(usable));
      return true;
    },
    tail: () => (restBytes === 0 ? '' : takeRest()),
  };
}

// The text ends with a newline.
function emitLines(text: string, emit: (line: string) => boolean): boolean {
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    if (!emit(text.slice(start, end))) return false;
    start = end + 1;
  }
  return true;
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
