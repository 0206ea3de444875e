import type { Journal } from '../journal/open-journal.ts';
import type { RunJournal } from '../journal/run-journal.ts';
import type { LoadedWorkflow } from '../load-workflow.ts';
import { groupFormat, lineFormat } from './format-line.ts';
import { openLineFile, openLineStream, type TextSink } from './line-target.ts';
import { openParquetTarget } from './parquet-target.ts';
import { openRowFiles } from './row-files-target.ts';
import { saveForm } from './save-form.ts';
import { savedColumns } from './saved-columns.ts';
import type { EndedRecord } from './saved-lines.ts';
import type { Target } from './target.ts';

/** Where the results of a run go. */
export interface Save {
  /** A row, or a group of a reduce, is in work; to be called in their order. @param step Empty for a row. */
  began(step: string, position: number): void;
  /**
   * It has ended, and is durable in the journal. Resolves when there is room for more.
   *
   * @throws {MillraceError} `SAVE_FAILED`.
   */
  ended(step: string, record: EndedRecord): Promise<void>;
  /** A row has to wait for a later stage, and is durable in the journal. */
  parked(step: string, position: number): void;
  /** A stage begins, in which rows come again in their order. @param until The first position that has to wait for another one. */
  nextStage(step: string, until: number | undefined): void;
  /** Writes what waits, and closes; may be called twice. @param isDone Whether all rows have ended. */
  close(isDone: boolean): Promise<void>;
}

/**
 * Opens the files that the workflow writes, where they stopped.
 *
 * @throws {MillraceError} `SAVE_FAILED`; what was opened before is closed.
 */
export async function openSave(
  workflow: LoadedWorkflow,
  journal: Journal,
  run: RunJournal,
  stdout: TextSink | undefined,
): Promise<Save> {
  const { save, saveTo, errorsTo, overTo } = workflow;
  const targets = new Map<string, Target[]>();
  let closing: Promise<void> | undefined;
  const close = async (isDone: boolean): Promise<void> => {
    const closed = await Promise.allSettled([...targets.values()].flat().map((target) => target.close(isDone)));
    await stdout?.close();
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  };
  const open = async (path: string, step: string, header: string, lineOf: (record: EndedRecord) => string | null) => {
    // The groups of a reduce come at the end, and all of them each time: a row that was tried again may change any.
    const order = step === '' ? save.order : 'input';
    const options = { run, step, order, header, lineOf };
    if (path === '-' && !stdout) return;
    const target =
      path === '-' ? await openLineStream(stdout as TextSink, options) : await openLineFile(path, journal, options);
    targets.set(step, [...(targets.get(step) ?? []), target]);
  };
  try {
    if (saveTo !== undefined && saveForm(saveTo) === 'files') {
      targets.set('', [openRowFiles(saveTo, journal, run, save.content)]);
    } else if (saveTo !== undefined && saveForm(saveTo) === 'parquet') {
      const columns = fieldNames(workflow).map((name) => ({ name }));
      targets.set('', [await openParquetTarget(saveTo, journal, { run, step: '', order: save.order, columns })]);
    } else if (saveTo !== undefined) {
      const { header, line } = lineFormat(saveTo, fieldNames(workflow));
      await open(saveTo, '', header, ({ key, result }) => (result === null ? null : line(key ?? '', result)));
    }
    if (errorsTo !== undefined) {
      const { header, line } = lineFormat(errorsTo, ['row', 'error', 'answer', 'attempts']);
      await open(errorsTo, '', header, ({ key, place, failure }) =>
        failure === null ? null : line(key ?? place, failure),
      );
    }
    for (const [step, path] of Object.entries(overTo)) {
      if (saveForm(path) === 'parquet') {
        const columns = ['group', 'count', 'value'].map((name) => ({ name }));
        targets.set(step, [await openParquetTarget(path, journal, { run, step, order: 'input', columns })]);
        continue;
      }
      const { header, line } = groupFormat(path);
      await open(path, step, header, ({ result }) => (result === null ? null : line(result)));
    }
    return {
      began: (step, position) => {
        for (const target of targets.get(step) ?? []) target.began(position);
      },
      ended: async (step, record) => {
        for (const target of targets.get(step) ?? []) {
          target.ended(record);
          await target.room();
        }
      },
      parked: (step, position) => {
        for (const target of targets.get(step) ?? []) target.parked(position);
      },
      nextStage: (step, until) => {
        for (const target of targets.get(step) ?? []) target.nextStage(until);
      },
      close: (isDone) => {
        closing ??= close(isDone);
        return closing;
      },
    };
  } catch (error) {
    await close(false).catch(() => {}); // the first error is the one that says why
    throw error;
  }
}

const fieldNames = (workflow: LoadedWorkflow): readonly string[] =>
  workflow.save.fields
    ? [...workflow.save.fields.keys()]
    : [...savedColumns(workflow), ...workflow.steps.filter(({ over }) => !over).map(({ id }) => id)];
