const newline = 0x0a;
const nothing = Buffer.alloc(0);

/** Cuts bytes into lines at 0x0A, whatever the borders of the chunks. */
export interface LineSplitter {
  /** Takes the next chunk. @returns false where a line is too long; nothing may be pushed after it. */
  push(bytes: Buffer): boolean;
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
  const takeText = (bytes: Buffer, end: number): string => {
    if (restBytes === 0) return bytes.toString('utf8', 0, end);
    keep(bytes.subarray(0, end));
    const text = Buffer.concat(rest, restBytes).toString();
    rest = [];
    restBytes = 0;
    return text;
  };
  return {
    push: (bytes) => {
      // Most chunks end with a line: looking there first saves a search.
      const last = bytes.length - 1;
      const end = bytes[last] === newline ? last : bytes.lastIndexOf(newline);
      const tooLong = restBytes + bytes.length > maxLineBytes ? findTooLong(bytes, restBytes, maxLineBytes) : -1;
      const usable = tooLong === -1 ? end : tooLong - 1;
      if (usable >= 0 && !emitLines(takeText(bytes, usable), emit)) return true;
      if (tooLong !== -1) return false;
      if (end + 1 < bytes.length) keep(bytes.subarray(end + 1)); // an empty view costs as much as a line
      return true;
    },
    tail: () => (restBytes === 0 ? '' : takeText(nothing, 0)),
  };
}

function emitLines(text: string, emit: (line: string) => boolean): boolean {
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    if (!emit(text.slice(start, end))) return false;
    start = end + 1;
  }
  return emit(start === 0 ? text : text.slice(start));
}

/** Where the first line begins that is longer than `max`, or -1; `before` bytes of the first line came earlier. */
function findTooLong(bytes: Buffer, before: number, max: number): number {
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
