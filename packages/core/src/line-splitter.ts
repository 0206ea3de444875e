const newline = 0x0a;

/** Cuts bytes into lines at 0x0A, whatever the borders of the chunks. */
export interface LineSplitter {
  /** Takes the next chunk. @returns false where a line is too long; nothing may be pushed after it. */
  push(chunk: Uint8Array): boolean;
  /** What stands behind the last newline; empty if nothing does. */
  tail(): string;
}

/**
 * Creates the splitter of one stream. A chunk without a rest is never copied, and a line that spans many chunks is
 * joined once.
 *
 * @param emit Takes a line without its newline; false ends the reading.
 */
export function createLineSplitter(maxLineBytes: number, emit: (line: string) => boolean): LineSplitter {
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  const join = (last: Buffer): Buffer => {
    const whole = Buffer.concat([...rest, last], restBytes + last.length);
    rest = [];
    restBytes = 0;
    return whole;
  };
  return {
    push: (chunk) => {
      const bytes = asBuffer(chunk);
      let start = 0;
      for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
        if (restBytes + end - start > maxLineBytes) return false;
        const line = restBytes === 0 ? bytes.toString('utf8', start, end) : join(bytes.subarray(start, end)).toString();
        start = end + 1;
        if (!emit(line)) return true;
      }
      if (start === bytes.length) return true;
      rest.push(bytes.subarray(start));
      restBytes += bytes.length - start;
      return restBytes <= maxLineBytes;
    },
    tail: () => join(Buffer.alloc(0)).toString(),
  };
}

const asBuffer = (chunk: Uint8Array): Buffer =>
  Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
