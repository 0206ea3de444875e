import { resolve } from 'node:path';
import { MillraceError } from '@millrace/errors';
import { type Definition, definitionOf } from './definition-of.ts';
import { findDigests } from './find-digests.ts';
import { hashOf } from './hash-of.ts';
import type { RunAsk } from './journal/begin-run.ts';
import { type Journal, openJournal } from './journal/open-journal.ts';
import type { RunJournal } from './journal/run-journal.ts';
import type { LoadedWorkflow } from './load-workflow.ts';
import { modelsOf } from './models-of.ts';
import type { InputValue } from './resolve-inputs.ts';
import { fingerprintOf } from './rows/fingerprint.ts';
import type { World } from './run-workflow.ts';
import { areFilesWhole } from './save/are-files-whole.ts';
import { openSave, type Save } from './save/open-save.ts';
import { filesOf } from './save/targets.ts';

/** A run that may begin. */
export interface OpenedRun {
  readonly journal: Journal;
  readonly run: RunJournal;
  readonly definition: Definition;
  readonly digests: Readonly<Record<string, string>>;
  /** For the user, a sentence each. */
  readonly notes: readonly string[];
  /** Absent where the run was finished, nothing has changed since, and all that it wrote is there. */
  readonly save?: Save;
  /** Closes what is open, and releases the run; may be called twice. */
  close(): Promise<void>;
}

/**
 * Finds the run that a workflow continues, or begins one.
 *
 * @param saves False: its files are left as they are.
 * @throws {MillraceError} `USAGE_INVALID`, `JOURNAL_UNUSABLE`, `JOURNAL_CORRUPT`, `RUN_BUSY`, `SAVE_FAILED`; what was opened is closed.
 */
export async function openRun(
  workflow: LoadedWorkflow,
  world: World,
  inputs: Readonly<Record<string, InputValue>>,
  saves = true,
): Promise<OpenedRun> {
  const journal = world.journal ?? (await openJournal(''));
  let run: RunJournal | undefined;
  let save: Save | undefined;
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    try {
      await save?.close(false);
    } finally {
      await run?.release();
    }
  };
  const close = (): Promise<void> => {
    closing ??= closeAll().finally(() => {
      if (!world.journal) journal.close();
    });
    return closing;
  };
  try {
    const { ask, definition, digests, notes } = await askFor(workflow, world, inputs, journal);
    run = await journal.begin(ask);
    run.putModels(digests);
    const opened = { journal, run, definition, digests, notes, close };
    if (run.found === 'finished' && (await areFilesWhole(workflow, run))) return opened;
    save = await openSave(saves ? workflow : withoutTargets(workflow), journal, run, world.stdout);
    return { ...opened, save };
  } catch (error) {
    await close().catch(() => {}); // the first error is the one that says why
    throw error;
  }
}

const withoutTargets = ({ saveTo: _rows, errorsTo: _errors, ...workflow }: LoadedWorkflow): LoadedWorkflow => ({
  ...workflow,
  overTo: {},
});

/**
 * What a workflow asks of a journal.
 *
 * @throws {MillraceError} `FILE_NOT_FOUND`, `FILE_UNREADABLE` for the rows; `USAGE_INVALID` for a retry of rows from standard input.
 */
export async function askFor(
  workflow: LoadedWorkflow,
  { hosts, journal: kept, first, range, sample, mode = 'continue', retry, due, invocation, now = Date.now }: World,
  inputs: Readonly<Record<string, InputValue>>,
  journal: Pick<Journal, 'latest'>,
): Promise<Pick<OpenedRun, 'definition' | 'digests' | 'notes'> & { readonly ask: RunAsk }> {
  const file = resolve(workflow.file);
  const { rows, saveTo, errorsTo, overTo, save } = workflow;
  const identity = hashOf([file, inputs, rows?.path]);
  const latest = journal.latest(identity, due);
  // What is gone with the run is compared with nothing.
  const { digests, notes } = await findDigests(modelsOf(workflow), kept ? hosts : [], latest?.models ?? {});
  const definition = definitionOf(workflow, digests);
  const source = rows && (await fingerprintOf(rows.source));
  // Standard input cannot be compared: an unfinished run goes on with what comes now, a finished one was another.
  const isStream = rows !== undefined && source === undefined;
  if (isStream && retry) throw noRetry();
  const passKey = hashOf([
    source ?? (isStream ? Math.random() : null),
    definition.whole,
    { first, range, sample },
    { saveTo, errorsTo, overTo, order: save.order },
  ]);
  const ask: RunAsk = {
    identity,
    workflow: workflow.name,
    file,
    invocation: invocation ?? { inputs },
    passKey,
    paths: filesOf(workflow),
    mode: isStream && latest?.status === 'done' ? 'new' : mode,
    retry,
    due,
    at: now(),
  };
  return { ask, definition, digests, notes };
}

const noRetry = (): MillraceError =>
  new MillraceError(
    'USAGE_INVALID',
    'Failed rows that came from standard input cannot be tried again: it is read once only.',
    {
      hint: 'Run the workflow again with the same rows on standard input, or keep them in a file.',
    },
  );
