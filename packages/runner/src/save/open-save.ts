import { concat, defer, from, ignoreElements, type Observable, tap } from 'rxjs';
import type { RowEnd, RunEvent } from '../events.ts';
import type { LoadedWorkflow } from '../load-workflow.ts';
import type { EndedRow, Row } from '../row.ts';
import { groupFormat, lineFormat } from './format-line.ts';
import { createResultWriter, type LineSink, openFileSink, type ResultWriter } from './result-writer.ts';
import { savedColumns } from './saved-columns.ts';

/** Where the results of a run go. */
export interface Save {
  /** The events of a row, completing only when its line is written, or that of its failure. */
  following(events: Observable<RunEvent>, row: Row | EndedRow): Observable<RunEvent>;
  /** The events of the reduces, completing only when the lines of their groups are written. */
  followingGroups(events: Observable<RunEvent>): Observable<RunEvent>;
  /** Writes what waits, and closes; may be called twice. */
  close(): Promise<void>;
}

/**
 * Opens the files that the workflow writes.
 *
 * @throws {MillraceError} `SAVE_FAILED`; what was opened before is closed.
 */
export async function openSave(workflow: LoadedWorkflow, stdout: LineSink | undefined): Promise<Save> {
  const { save, saveTo, errorsTo, overTo } = workflow;
  const writers: ResultWriter[] = [];
  // Several writers may share it, and it ends behind the last of them.
  const borrowed = stdout && { write: (lines: string) => stdout.write(lines), close: async () => {} };
  const close = async (): Promise<void> => {
    const closed = await Promise.allSettled(writers.map((writer) => writer.close()));
    await stdout?.close();
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  };
  const open = async (path: string, format: { readonly header: string }): Promise<ResultWriter | undefined> => {
    const sink = path === '-' ? borrowed : await openFileSink(path);
    const writer = sink && createResultWriter(sink, format, save.order);
    if (writer) writers.push(writer);
    return writer;
  };
  try {
    const format = lineFormat(saveTo ?? '-', fieldNames(workflow));
    const errorFormat = lineFormat(errorsTo ?? '-', ['row', 'error', 'answer']);
    const results = saveTo === undefined ? undefined : await open(saveTo, format);
    const errors = errorsTo === undefined ? undefined : await open(errorsTo, errorFormat);
    const groups = new Map<string, (event: RunEvent & { type: 'group-end' }) => Promise<void> | undefined>();
    for (const [step, path] of Object.entries(overTo)) {
      const lines = groupFormat(path);
      const writer = await open(path, lines);
      groups.set(step, ({ index, group, count, value, status }) =>
        writer?.put(index, status === 'failed' ? null : lines.line(group, count, value)),
      );
    }
    const lineOf = (event: RowEnd): string | null => (event.fields ? format.line(event.key, event.fields) : null);
    let closing: Promise<void> | undefined;
    return {
      close: () => (closing ??= close()),
      following: (events, row) =>
        whenWritten(events, (event) =>
          event.type === 'row-end'
            ? [results?.put(event.index, lineOf(event)), errors?.put(event.index, errorLine(event, row, errorFormat))]
            : [],
        ),
      followingGroups: (events) =>
        whenWritten(events, (event) => (event.type === 'group-end' ? [groups.get(event.step)?.(event)] : [])),
    };
  } catch (error) {
    await close().catch(() => {}); // the first error is the one that says why
    throw error;
  }
}

/**
 * Passes events on, and completes when all that `write` put is written. It is put before the event goes on, so that a run that stops at
 * this event still writes it.
 */
function whenWritten(
  events: Observable<RunEvent>,
  write: (event: RunEvent) => readonly (Promise<void> | undefined)[],
): Observable<RunEvent> {
  return defer(() => {
    const writing: Promise<void>[] = [];
    const noted = events.pipe(
      tap((event) => {
        for (const written of write(event)) {
          if (!written) continue;
          written.catch(() => {}); // reported below, or by close()
          writing.push(written);
        }
      }),
    );
    return concat(
      noted,
      defer(() => from(Promise.all(writing)).pipe(ignoreElements())),
    );
  });
}

/** The line of a failed row: what it was, why it failed, and what the model said last. */
function errorLine(event: RowEnd, row: Row | EndedRow, format: ReturnType<typeof lineFormat>): string | null {
  if (event.status !== 'failed') return null;
  const { error, answer = null } = event;
  const value = 'value' in row ? row.value : row.read;
  return format.line(event.key, { row: value ?? null, error, answer });
}

const fieldNames = (workflow: LoadedWorkflow): readonly string[] =>
  workflow.save.fields
    ? [...workflow.save.fields.keys()]
    : [...savedColumns(workflow), ...workflow.steps.filter(({ over }) => !over).map(({ id }) => id)];
