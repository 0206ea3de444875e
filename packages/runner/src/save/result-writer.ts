import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMillraceError, MillraceError } from '@millrace/errors';
import { isOwnFile } from '../paths/is-own-file.ts';
import type { LineFormat } from './format-line.ts';

/** Where lines go. */
export interface LineSink {
  write(lines: string): Promise<void>;
  close(): Promise<void>;
}

/** Writes the lines of rows, in the order of the input as a rule, whatever order they end in. */
export interface ResultWriter {
  /**
   * Takes the line of a row, or null where it has none; resolves when it is written, which is after all rows before it.
   *
   * @throws {MillraceError} `SAVE_FAILED`.
   */
  put(index: number, line: string | null): Promise<void>;
  /** Writes what waits for rows that will not come, and closes. */
  close(): Promise<void>;
}

/**
 * A writer that begins with the format's header.
 *
 * @param order `completion`: each line is written when it comes.
 */
export function createResultWriter(
  sink: LineSink,
  format: Pick<LineFormat, 'header'>,
  order: 'input' | 'completion' = 'input',
): ResultWriter {
  const waiting = new Map<number, { line: string | null; written: () => void; failed: (error: unknown) => void }>();
  let next = 0;
  let tail: Promise<void> = format.header === '' ? Promise.resolve() : sink.write(format.header);
  tail.catch(() => {}); // reported by the first line, or by close()

  const append = (
    lines: readonly string[],
    after: readonly { written: () => void; failed: (error: unknown) => void }[],
  ): void => {
    tail = tail.then(() => (lines.length > 0 ? sink.write(lines.join('')) : undefined));
    tail.then(
      () => {
        for (const { written } of after) written();
      },
      (error: unknown) => {
        for (const { failed } of after) failed(error);
      },
    );
  };

  const flush = (isDue: (index: number) => boolean): void => {
    const due = [...waiting.keys()].filter(isDue).sort((a, b) => a - b);
    const rows = due.map((index) => waiting.get(index) as NonNullable<ReturnType<typeof waiting.get>>);
    for (const index of due) waiting.delete(index);
    append(
      rows.flatMap(({ line }) => line ?? []),
      rows,
    );
  };

  return {
    put: (index, line) =>
      new Promise((written, failed) => {
        waiting.set(index, { line, written, failed });
        if (order === 'completion') return flush((waitingIndex) => waitingIndex === index);
        if (index !== next) return;
        let end = next;
        while (waiting.has(end)) end++;
        const [from, to] = [next, end];
        next = end;
        flush((waitingIndex) => waitingIndex >= from && waitingIndex < to);
      }),
    close: async () => {
      flush(() => true);
      try {
        await tail;
      } finally {
        await sink.close();
      }
    },
  };
}

/**
 * Opens a file for results, making its folder, and replaces the results of an earlier run.
 *
 * @throws {MillraceError} `SAVE_FAILED` where it holds something else, or cannot be written.
 */
export async function openFileSink(path: string): Promise<LineSink> {
  try {
    await checkReplaceable(path);
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'w', 0o644);
    return {
      write: (lines) => file.appendFile(lines).catch((cause: unknown) => Promise.reject(failed(path, cause))),
      close: () => file.close(),
    };
  } catch (cause) {
    throw failed(path, cause);
  }
}

/** @throws {MillraceError} `SAVE_FAILED` where there is a file that Millrace did not write. */
export async function checkReplaceable(path: string): Promise<void> {
  if (await isOwnFile(path)) return;
  throw new MillraceError('SAVE_FAILED', `\`${path}\` exists and was not written by Millrace, so it is not replaced.`, {
    hint: 'Name another file, or remove this one.',
  });
}

function failed(path: string, cause: unknown): MillraceError {
  if (isMillraceError(cause)) return cause;
  return new MillraceError('SAVE_FAILED', `\`${path}\` cannot be written: ${(cause as Error).message}`, { cause });
}
