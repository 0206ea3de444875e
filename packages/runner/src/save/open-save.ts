import { concat, defer, from, ignoreElements, type Observable, tap } from 'rxjs';
import type { RunEvent } from '../events.ts';
import type { LoadedWorkflow } from '../load-workflow.ts';
import { lineFormat } from './format-line.ts';
import { createResultWriter, type LineSink, openFileSink } from './result-writer.ts';
import { savedColumns } from './saved-columns.ts';

/** Where the results of a run go. */
export interface Save {
  /** The events of a row, completing only when its line is written. */
  following(events: Observable<RunEvent>, index: number): Observable<RunEvent>;
  /** Writes what waits, and closes; may be called twice. */
  close(): Promise<void>;
}

/**
 * Opens what `save.to` names.
 *
 * @throws {MillraceError} `SAVE_FAILED`.
 */
export async function openSave(workflow: LoadedWorkflow, stdout: LineSink | undefined): Promise<Save> {
  const { saveTo } = workflow;
  const sink = saveTo === undefined ? undefined : saveTo === '-' ? stdout : await openFileSink(saveTo);
  if (saveTo === undefined || !sink) return { following: (events) => events, close: async () => {} };

  const format = lineFormat(saveTo, fieldNames(workflow));
  const writer = createResultWriter(sink, format);
  let closing: Promise<void> | undefined;
  return {
    close: () => (closing ??= writer.close()),
    following: (events, index) =>
      defer(() => {
        let line: string | null = null;
        const noted = events.pipe(
          tap((event) => {
            if (event.type === 'row-end' && event.fields) line = format.line(event.key, event.fields);
          }),
        );
        return concat(
          noted,
          defer(() => from(writer.put(index, line)).pipe(ignoreElements())),
        );
      }),
  };
}

const fieldNames = (workflow: LoadedWorkflow): readonly string[] =>
  workflow.save.fields
    ? [...workflow.save.fields.keys()]
    : [...savedColumns(workflow), ...workflow.steps.map(({ id }) => id)];
