import type { Ollama } from '@millrace/core';
import { describeError, type ErrorDescription } from '@millrace/errors';
import {
  concat,
  defer,
  finalize,
  from,
  ignoreElements,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  of,
  Subject,
  takeUntil,
  tap,
} from 'rxjs';
import { createTurns } from './call-turns.ts';
import type { RowEnd, RunEnd, RunEvent, RunStart } from './events.ts';
import { labelsOf } from './labels-of.ts';
import { createLanes } from './lanes.ts';
import { createLastValue } from './last-value.ts';
import type { LoadedWorkflow } from './load-workflow.ts';
import { mergePulled } from './merge-pulled.ts';
import { modelsOf } from './models-of.ts';
import { createMemoryStore } from './reduce/item-store.ts';
import { keepItems } from './reduce/keep-items.ts';
import { runReduces } from './reduce/run-reduces.ts';
import { initialRun, type RunState, reduceRun } from './reduce-run.ts';
import { type InputValue, resolveInputs } from './resolve-inputs.ts';
import type { EndedRow, Row } from './row.ts';
import { planRow } from './row-plan.ts';
import { runRow } from './run-row.ts';
import { openSave, type Save } from './save/open-save.ts';
import type { LineSink } from './save/result-writer.ts';
import { selectRows } from './select-rows.ts';
import type { StepKind } from './step-kind.ts';
import { createStepRunner } from './step-runner.ts';
import { builtInKinds } from './steps/index.ts';
import { stopReason } from './stop-reason.ts';

/** What a run may touch. */
export interface World {
  /** Calls go to the one with the least work; empty where no step asks a model. */
  readonly hosts: readonly Ollama[];
  /** Values of the workflow's inputs; those of the command line are texts. */
  readonly inputs?: Readonly<Record<string, InputValue>> | undefined;
  /** Calls in flight on each host, in place of `limits.parallel`. */
  readonly parallel?: number | undefined;
  /** Stops after this many rows that `where` lets pass. */
  readonly first?: number | undefined;
  /** Whether to say each piece of text as it comes (`step-delta`). Default: true. */
  readonly deltas?: boolean | undefined;
  /** Where lines go whose target is `-`. Default: nowhere. */
  readonly stdout?: LineSink | undefined;
  /** At its first value the rows in flight are dropped, what is done is saved, and the run ends as `interrupted`. */
  readonly interrupt?: Observable<unknown> | undefined;
  /** Default: the built-in kinds; must be those that the workflow was loaded with. */
  readonly kinds?: readonly StepKind[] | undefined;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: (() => number) | undefined;
  /** From 0 up to 1, for the waits between retries. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** What `auto` means until a host's own parallelism is measured: enough to keep it busy. */
const autoParallel = 4;

/** The key of the only row of a workflow without `each`. */
const singleKey = 'run';

/**
 * Runs a workflow: one event per thing that happens, from `run-start` to `run-end`.
 *
 * A row that fails is a `row-end`, not an error; the others go on. Results are saved in the order of the input.
 *
 * @returns Cold: each subscription is a run of its own. Unsubscribing ends every call in any phase and closes the files.
 * @throws {MillraceError} `INPUT_INVALID`, `SAVE_FAILED`; `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `ROWS_UNREADABLE` only where no row can
 *   be read, or none that follows.
 */
export function runWorkflow(workflow: LoadedWorkflow, world: World): Observable<RunEvent> {
  return defer(() => {
    const inputs = resolveInputs(workflow.inputs, world.inputs ?? {});
    const opening = openSave(workflow, world.stdout);
    return from(opening).pipe(
      mergeMap((save) => runOpened(workflow, world, inputs, save)),
      finalize(() => void opening.then((save) => save.close()).catch(() => {})), // has failed the run already
    );
  });
}

function runOpened(
  workflow: LoadedWorkflow,
  world: World,
  inputs: Readonly<Record<string, InputValue>>,
  save: Save,
): Observable<RunEvent> {
  const now = world.now ?? Date.now;
  const { limits, steps } = workflow;
  const parallel = world.parallel ?? (limits.parallel === 'auto' ? autoParallel : limits.parallel);
  const run = createStepRunner(workflow, {
    kinds: world.kinds ?? builtInKinds,
    lanes: createLanes(world.hosts, parallel),
    deltas: world.deltas ?? true,
    random: world.random ?? Math.random,
    ...(limits.rate && { turn: createTurns(limits.rate) }),
  });
  const store = createMemoryStore();
  const plan = { ...planRow(workflow, run), keep: keepItems(steps, store) };
  const startedAt = now();
  const last = createLastValue(plan.steps);
  const stop$ = new Subject<void>();
  let state: RunState = initialRun;
  let interrupted = false;
  let stopped: ErrorDescription | undefined;

  const savedRow = (row: Row | EndedRow): Observable<RunEvent> =>
    save.following('value' in row ? runRow(row, inputs, plan) : of(endOf(row)), row);
  const rows = rowsOf(workflow, world, inputs, parallel * world.hosts.length, savedRow);
  const groups = save.followingGroups(runReduces(steps, { store, inputs, run }));
  const interrupt = (world.interrupt ?? NEVER).pipe(
    tap(() => {
      interrupted = true;
    }),
  );

  return concat(
    of(runStart(workflow, world, startedAt)),
    concat(rows, groups).pipe(takeUntil(merge(interrupt, stop$))),
    defer(() => from(save.close()).pipe(ignoreElements())),
    defer(() => {
      const status = stopped ? 'stopped' : interrupted ? 'interrupted' : 'done';
      return of(runEnd(workflow, state, { at: now(), startedAt, status, stopped, value: last.value() }));
    }),
  ).pipe(
    tap((event) => {
      state = reduceRun(state, event);
      if (!workflow.each) last.note(event);
      const reason = stopped ? undefined : stopReason(state, event, limits.errors);
      if (!reason) return;
      stopped = reason;
      // What this event writes has been put already; what follows it comes when the files are closed.
      stop$.next();
    }),
  );
}

/** Rows ahead of the slowest one that may be in work: enough to keep every slot busy while results wait for their order. */
const windowFor = (slots: number): number => 4 * slots + 16;

function rowsOf(
  { each, rows }: LoadedWorkflow,
  { first }: World,
  inputs: Readonly<Record<string, InputValue>>,
  slots: number,
  project: (row: Row | EndedRow) => Observable<RunEvent>,
): Observable<RunEvent> {
  if (!each || !rows) return project({ index: 0, key: singleKey, place: 'the run', hash: '', value: undefined });
  // One entry a row: what of a run grows with its input.
  const places = new Map<string, string>();
  const takenBy = (key: string): string | undefined => places.get(key);
  const selected = selectRows(rows.source, { each, inputs, columns: rows.columns, takenBy, first });
  return mergePulled(selected, windowFor(slots), (row) => {
    if (!('error' in row)) places.set(row.key, row.place);
    return project(row);
  });
}

const endOf = ({ index, key, error }: EndedRow): RowEnd =>
  error
    ? { type: 'row-end', index, key, status: 'failed', error: describeError(error) }
    : { type: 'row-end', index, key, status: 'skipped' };

const runStart = (workflow: LoadedWorkflow, world: World, at: number): RunStart => ({
  type: 'run-start',
  at,
  workflow: workflow.name,
  steps: workflow.steps.map(({ id }) => id),
  hosts: world.hosts.map(({ baseUrl }) => baseUrl),
  models: modelsOf(workflow, world.kinds),
  labels: labelsOf(workflow),
  ...(workflow.saveTo !== undefined && { to: workflow.saveTo }),
});

interface Ending {
  readonly at: number;
  readonly startedAt: number;
  readonly status: RunEnd['status'];
  readonly stopped: ErrorDescription | undefined;
  readonly value: unknown;
}

function runEnd(
  workflow: LoadedWorkflow,
  { counts, groups, tokens, causes }: RunState,
  { at, startedAt, status, stopped, value }: Ending,
): RunEnd {
  return {
    type: 'run-end',
    at,
    status,
    counts,
    ...(groups.ok + groups.failed + groups.skipped > 0 && { groups }),
    tokens,
    durationMs: at - startedAt,
    ...(stopped && { error: stopped, causes }),
    ...(workflow.saveTo !== undefined && { to: workflow.saveTo }),
    ...(!workflow.each && { value }),
  };
}
