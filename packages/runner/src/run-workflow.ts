import type { Ollama } from '@millrace/core';
import { type ErrorDescription, MillraceError } from '@millrace/errors';
import {
  catchError,
  concat,
  defer,
  EMPTY,
  finalize,
  from,
  ignoreElements,
  merge,
  mergeAll,
  mergeMap,
  NEVER,
  type Observable,
  of,
  ReplaySubject,
  Subject,
  takeUntil,
  tap,
} from 'rxjs';
import { bindInputs } from './bind-inputs.ts';
import { createTurns } from './call-turns.ts';
import type { RunEnd, RunEvent, RunStart } from './events.ts';
import { createEqualCalls } from './journal/equal-calls.ts';
import type { Journal } from './journal/open-journal.ts';
import type { RunJournal } from './journal/run-journal.ts';
import { labelsOf } from './labels-of.ts';
import { createLastValue } from './last-value.ts';
import type { LoadedWorkflow } from './load-workflow.ts';
import { mergePulled } from './merge-pulled.ts';
import { modelsOf } from './models-of.ts';
import { type OpenedRun, openRun } from './open-run.ts';
import { type OpenedScheduling, openScheduling } from './open-scheduling.ts';
import { runReduces } from './reduce/run-reduces.ts';
import { reduceRun } from './reduce-run.ts';
import type { InputValue } from './resolve-inputs.ts';
import type { EndedRow, Row } from './row.ts';
import type { TakenBy } from './row-keys.ts';
import { planRow } from './row-plan.ts';
import { createRunningRows } from './run-rows.ts';
import { initialRun, type RunState } from './run-state.ts';
import type { TextSink } from './save/line-target.ts';
import type { Save } from './save/open-save.ts';
import { type Selection, selectRows } from './select-rows.ts';
import type { StepKind } from './step-kind.ts';
import { createStepRunner } from './step-runner.ts';
import { builtInKinds } from './steps/index.ts';
import { stopReason } from './stop-reason.ts';
import { addTokens, createTokenTally, type TokenTally } from './token-tally.ts';

/** What a run may touch. */
export interface World {
  /** Calls go to the one with the least work; empty where no step asks a model. */
  readonly hosts: readonly Ollama[];
  /** Where the run is kept, so that it goes on where it stopped. Default: one that is gone when the run ends. */
  readonly journal?: Journal | undefined;
  /** `new`: begins afresh and replaces what was saved. Default: `continue`. */
  readonly mode?: 'continue' | 'new' | undefined;
  /** Rows that failed run again: those of a cause (a word of `retry:`, or a code), or all. Not of standard input, which is read once. */
  readonly retry?: { readonly cause?: string | undefined } | undefined;
  /** When a schedule wanted it, in milliseconds since 1970: a run of its own, which goes on where it stopped. */
  readonly due?: number | undefined;
  /** What the caller gave, as plain data, kept with the run so that it can be asked for again. Default: the inputs. */
  readonly invocation?: unknown;
  /** Values of the workflow's inputs; those of the command line are texts. */
  readonly inputs?: Readonly<Record<string, InputValue>> | undefined;
  /** Calls in flight on each host, in place of `limits.parallel`. */
  readonly parallel?: number | undefined;
  /** Stops after this many rows that `where` lets pass. */
  readonly first?: Selection['first'];
  /** Only rows from here to there, counted from 1. */
  readonly range?: Selection['range'];
  /** Only so many rows, chosen by chance. */
  readonly sample?: Selection['sample'];
  /** Whether to say each piece of text as it comes (`step-delta`). Default: true. */
  readonly deltas?: boolean | undefined;
  /** Whether to say when each request to a model begins and ends (`call-start`, `call-end`). Default: false. */
  readonly calls?: boolean | undefined;
  /** Where lines go whose target is `-`. Default: nowhere. */
  readonly stdout?: TextSink | undefined;
  /** At its first value the rows in flight are dropped, what is done is saved, and the run ends as `interrupted`. */
  readonly interrupt?: Observable<unknown> | undefined;
  /** Default: the built-in kinds; must be those that the workflow was loaded with. */
  readonly kinds?: readonly StepKind[] | undefined;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: (() => number) | undefined;
  /** From 0 up to 1, for the waits between retries. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** The key of the only row of a workflow without `each`. */
const singleKey = 'run';

/**
 * Runs a workflow: one event per thing that happens, from `run-start` to `run-end`.
 *
 * A run that was not finished goes on where it stopped: what the journal has of a row is not asked again. A row that fails is a `row-end`,
 * not an error; the others go on. Results are saved in the order of the input.
 *
 * @returns Cold: each subscription is a run of its own. Unsubscribing ends every call in any phase and closes the files.
 * @throws {MillraceError} `INPUT_INVALID`, `USAGE_INVALID`, `SAVE_FAILED`; `JOURNAL_UNUSABLE`, `JOURNAL_CORRUPT`, `RUN_BUSY`, `RUN_LOST`; `FILE_NOT_FOUND`,
 *   `FILE_UNREADABLE`, `ROWS_UNREADABLE` only where no row can be read, or none that follows.
 */
export const runWorkflow = (workflow: LoadedWorkflow, world: World): Observable<RunEvent> => runRows(workflow, world);

/**
 * Runs a workflow for some of its rows as a run that was interrupted behind them: their answers are kept, nothing is saved, and the same
 * command goes on with the run as if those rows had happened to end first.
 *
 * @param some In the order of the input, with the keys that they have in the whole run.
 * @throws As `runWorkflow`.
 */
export const runSomeRows = (workflow: LoadedWorkflow, world: World, some: readonly Row[]): Observable<RunEvent> =>
  runRows(workflow, world, some);

function runRows(loaded: LoadedWorkflow, world: World, some?: readonly Row[]): Observable<RunEvent> {
  return defer(() => {
    const { workflow, inputs } = bindInputs(loaded, world.inputs);
    const opening = openRun(workflow, world, inputs, some === undefined);
    return from(opening).pipe(
      mergeMap((opened) => {
        const start = runStart(workflow, world, opened);
        const { save, close } = opened;
        const events = save
          ? concat(
              of(start),
              defer(() => runOpened(workflow, world, inputs, { ...opened, save, start, some })),
            )
          : nothingToDo(start, opened);
        // Whoever hears the end, or the error, may run it again at once.
        return events.pipe(
          catchError((error: unknown) =>
            close().then(
              () => Promise.reject(error),
              () => Promise.reject(error),
            ),
          ),
        );
      }),
      finalize(() => void opening.then((opened) => opened.close()).catch(() => {})), // has failed the run already
    );
  });
}

/** It ends as it did. */
function nothingToDo(start: RunStart, { run, close }: OpenedRun): Observable<RunEvent> {
  const { ended } = run;
  if (!ended) throw new MillraceError('JOURNAL_CORRUPT', `The run ${run.id} is finished, but nobody knows how.`);
  return concat(of(start), defer(close).pipe(ignoreElements()), of({ ...ended, unchanged: true as const }));
}

/** A run that is not finished yet. */
interface StartedRun extends OpenedRun {
  readonly save: Save;
  readonly start: RunStart;
  /** Only these rows. */
  readonly some: readonly Row[] | undefined;
}

function runOpened(
  workflow: LoadedWorkflow,
  world: World,
  inputs: Readonly<Record<string, InputValue>>,
  opened: StartedRun,
): Observable<RunEvent> {
  // One that comes while the hosts are asked is heard behind that.
  const interrupt = new ReplaySubject<unknown>(1);
  const hearing = (world.interrupt ?? NEVER).subscribe(interrupt);
  return defer(() => openScheduling(workflow, world, inputs)).pipe(
    mergeMap((scheduling) =>
      runScheduled(workflow, { ...world, interrupt }, inputs, opened, scheduling).pipe(
        finalize(() => scheduling.lanes.close()),
      ),
    ),
    finalize(() => hearing.unsubscribe()),
  );
}

function runScheduled(
  workflow: LoadedWorkflow,
  world: World,
  inputs: Readonly<Record<string, InputValue>>,
  { run, save, definition, digests, start, some }: StartedRun,
  { lanes, stages, reports, scheduling, loads }: OpenedScheduling,
): Observable<RunEvent> {
  const now = world.now ?? Date.now;
  const { limits, steps } = workflow;
  const tally = createTokenTally();
  const runner = createStepRunner(workflow, {
    kinds: world.kinds ?? builtInKinds,
    scheduling,
    deltas: world.deltas ?? true,
    calls: world.calls,
    random: world.random ?? Math.random,
    memory: { digestOf: (model) => digests[model] ?? model, same: run.same, now },
    equalCalls: createEqualCalls(),
    tally,
    ...(limits.rate && { turn: createTurns(limits.rate) }),
  });
  const plan = planRow(workflow, runner);
  const rows = createRunningRows({
    plan,
    inputs,
    run,
    save,
    now,
    definition: definition.rows,
    labels: start.labels,
    isTriedAgain: triedAgain(world, run.found),
    parked: () => reports.parked(stages.model),
  });
  const last = createLastValue(plan.steps);
  const stop$ = new Subject<void>();
  let state: RunState = reduceRun(initialRun, start);
  let interrupted = false;
  let stopped: ErrorDescription | undefined;

  const window = (): number => windowFor(lanes.slots);
  const first = defer(() => {
    run.clearParked();
    if (some) return mergePulled(oneByOne(some), window, rows.start);
    return rowsOf(workflow, world, inputs, window, rows.takenBy, rows.start);
  });
  const laterStages = (stage: number): Observable<RunEvent> =>
    defer(async () => {
      const model = stages.next();
      if (model === undefined) return EMPTY;
      await run.committed();
      save.nextStage('', run.lowestParkedBut(model));
      const waiting = mergePulled(parkedRows(run, model), window, rows.start);
      return concat(of<RunEvent>({ type: 'stage-start', stage, model }), waiting, laterStages(stage + 1));
    }).pipe(mergeAll());
  const groups = defer(() => {
    if (some) return EMPTY;
    stages.openAll();
    return runReduces(steps, { run, save, inputs, runner, now, definition: definition.whole });
  });
  const work = concat(first, laterStages(2), groups).pipe(finalize(() => loads.complete()));
  const interrupt = (world.interrupt ?? NEVER).pipe(
    tap(() => {
      interrupted = true;
    }),
  );
  const endOfRun = (): RunEnd => {
    const status = stopped ? 'stopped' : interrupted || some ? 'interrupted' : 'done';
    const hosts = reports.hosts(lanes.all);
    const made = hosts.reduce((sum, host) => sum + host.loads, 0);
    const avoided = reports.changes - made;
    return {
      ...runEnd(workflow, state, { at: now(), startedAt: start.at, status, stopped, tally, value: last.value() }),
      ...(hosts.length > 0 && { hosts }),
      ...(avoided > 0 && { loadsAvoided: avoided }),
      ...(reports.widenedCalls > 0 && { widened: reports.widenedCalls }),
    };
  };

  return concat(
    merge(loads, work).pipe(takeUntil(merge(interrupt, stop$))),
    defer(rows.settle).pipe(mergeMap((unheard) => unheard)),
    defer(() => save.close(!interrupted && !stopped)).pipe(ignoreElements()),
    defer(() => (interrupted ? EMPTY : lanes.release())).pipe(ignoreElements()),
  ).pipe(
    tap((event) => {
      state = reduceRun(state, event);
      if (event.type === 'row-end') reports.rowEnded(stages.model);
      if (!workflow.each) last.note(event);
      const reason = stopped ? undefined : stopReason(state, event, limits.errors);
      if (!reason) return;
      stopped = reason;
      stop$.next();
    }),
    (events) =>
      concat(
        events,
        defer(async () => {
          const end = endOfRun();
          if (!some) await run.end(end);
          else await leave(run, end);
          return end;
        }),
      ),
  );
}

/** A run that was stopped by its failures is taken up because their reason is mended. */
function triedAgain(
  { retry }: World,
  found: RunStart['found'],
): (stored: { readonly cause: string | null }) => boolean {
  const cause = retry?.cause;
  if (cause !== undefined) return (stored) => stored.cause === cause;
  return () => retry !== undefined || found === 'stopped';
}

/** Rows in work at once: enough to keep every slot busy while others wait to be durable; where no model is asked, they only wait for that. */
const windowFor = (slots: number): number => (slots === 0 ? 1024 : 2 * slots + 32);

/** What was there of a run before some of its rows were run stays true of it: also that it was stopped, whose failed rows are tried again. */
function leave(run: RunJournal, end: RunEnd): Promise<void> {
  const error = end.error ?? run.ended?.error;
  const isStopped = end.status === 'stopped' || run.found === 'stopped';
  return isStopped ? run.end({ ...end, status: 'stopped', ...(error && { error }) }) : run.release();
}

async function* oneByOne(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}

/** Rows that waited for a model. */
async function* parkedRows(run: RunJournal, model: string): AsyncGenerator<Row> {
  for (const { position, ...row } of run.parkedFor(model)) yield { index: position, ...row };
}

/** What a run without `each` runs for. */
const onlyRow: Row = { index: 0, key: singleKey, place: singleKey, hash: '', value: undefined };

function rowsOf(
  { each, rows }: LoadedWorkflow,
  { first, range, sample }: World,
  inputs: Readonly<Record<string, InputValue>>,
  window: () => number,
  takenBy: TakenBy,
  project: (row: Row | EndedRow) => Observable<RunEvent>,
): Observable<RunEvent> {
  if (!each || !rows) return defer(() => project(onlyRow));
  const selection: Selection = { each, inputs, columns: rows.columns, takenBy, first, range, sample };
  return mergePulled(selectRows(rows.source, selection), window, project);
}

const runStart = (workflow: LoadedWorkflow, world: World, { run, notes }: OpenedRun): RunStart => ({
  type: 'run-start',
  at: (world.now ?? Date.now)(),
  workflow: workflow.name,
  steps: workflow.steps.map(({ id }) => id),
  ...reducesOf(workflow),
  hosts: world.hosts.map(({ baseUrl }) => baseUrl),
  models: modelsOf(workflow, world.kinds),
  labels: labelsOf(workflow),
  id: run.id,
  found: run.found,
  startedAt: run.startedAt,
  notes,
  ...(workflow.saveTo !== undefined && { to: workflow.saveTo }),
});

function reducesOf({ steps }: LoadedWorkflow): Pick<RunStart, 'reduces'> {
  const reduces = steps.filter(({ over }) => over).map(({ id }) => id);
  return reduces.length > 0 ? { reduces } : {};
}

interface Ending {
  readonly at: number;
  readonly startedAt: number;
  readonly status: RunEnd['status'];
  readonly stopped: ErrorDescription | undefined;
  readonly tally: TokenTally;
  readonly value: unknown;
}

function runEnd(
  workflow: LoadedWorkflow,
  { counts, groups, reusedTokens, causes }: RunState,
  { at, startedAt, status, stopped, tally, value }: Ending,
): RunEnd {
  const reused = addTokens(tally.reused, reusedTokens);
  return {
    type: 'run-end',
    at,
    status,
    counts,
    ...(groups.ok + groups.failed + groups.skipped > 0 && { groups }),
    tokens: tally.spent,
    ...(reused.promptTokens + reused.outputTokens > 0 && { reusedTokens: reused }),
    durationMs: at - startedAt,
    ...(stopped && { error: stopped, causes }),
    ...(workflow.saveTo !== undefined && { to: workflow.saveTo }),
    ...(!workflow.each && { value }),
  };
}
