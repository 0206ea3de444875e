import { stat } from 'node:fs/promises';
import type { Journal } from '../journal/open-journal.ts';
import type { RunJournal } from '../journal/run-journal.ts';
import { checkReplaceable } from './check-replaceable.ts';
import { holdsStill, openGrowingFile, saveError } from './growing-file.ts';
import { createSavedLines, type EndedRecord, type LineSink } from './saved-lines.ts';
import type { Target } from './target.ts';

/** Where lines go that no file takes. */
export interface TextSink {
  /** Resolves when there is room for more. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** The lines of one target. */
export interface LineTargetOptions {
  readonly run: RunJournal;
  /** Empty for rows, else the reduce whose groups they are. */
  readonly step: string;
  readonly order: 'input' | 'completion';
  readonly header: string;
  lineOf(record: EndedRecord): string | null;
}

/**
 * A file that grows line by line. What an earlier process wrote of it stays as far as the journal knows it; a file that was cut short,
 * changed or removed since is written anew from the journal.
 *
 * @throws {MillraceError} `SAVE_FAILED`.
 */
export async function openLineFile(path: string, journal: Journal, options: LineTargetOptions): Promise<Target> {
  const { run, header } = options;
  await checkReplaceable(path, journal).catch((cause: unknown) => Promise.reject(saveError(path, cause)));
  const state = run.file(path);
  const isKnown = options.step === '' && state?.pass === run.pass && (await holdsStill(path, state));
  const file = await openGrowingFile(path, isKnown ? state : { length: 0, checksum: 0 }, run.mayWake);
  let next = isKnown ? state.next : 0;
  const note = (modified: number | null): void => {
    const { length, checksum } = file;
    run.putFile(path, { pass: run.pass, length, checksum, next, modified });
  };
  const sink: LineSink = {
    append: async (lines, after) => {
      run.refuseIfFailed();
      await file.append(lines);
      if (after === undefined) return;
      next = after;
      note(null);
    },
  };
  if (!isKnown) {
    await file.append(header);
    note(null);
  }
  const lines = await openLines(sink, next, options);
  return {
    ...lines,
    close: async (isDone) => {
      try {
        await lines.finish();
      } finally {
        await file.close();
      }
      if (isDone) note((await stat(path)).mtimeMs);
    },
  };
}

/** The same lines for somebody who reads them now, from the first one. */
export async function openLineStream(stream: TextSink, options: LineTargetOptions): Promise<Target> {
  if (options.header !== '') await stream.write(options.header);
  const lines = await openLines({ append: (text) => stream.write(text) }, 0, options);
  return { ...lines, close: () => lines.finish() };
}

/** How many rows of the journal are in memory at once. */
const chunk = 1000;

async function openLines(sink: LineSink, next: number, { run, step, order, lineOf }: LineTargetOptions) {
  let first = next;
  if (order === 'completion' && run.found !== 'nothing') {
    // Rows that ended before are not said to end again in this order.
    for (let ended = run.endedFrom(step, order, first, chunk); ended.length > 0; ) {
      first = (ended.at(-1)?.sequence ?? first) + 1;
      await sink.append(ended.map((record) => lineOf(record) ?? '').join(''), first);
      ended = run.endedFrom(step, order, first, chunk);
    }
  }
  const fetch = (position: number, limit: number) => run.endedFrom(step, 'input', position, limit);
  return createSavedLines({ sink, order, next: first, lineOf, fetch });
}
