import type { Usage } from '@millrace/core';
import type { ErrorDescription } from '@millrace/errors';
import type { FailureCause } from './failure-causes.ts';

/** Where an event belongs: the row's key, and its place in the input, counted from 0. */
interface OfRow {
  readonly key: string;
  readonly index: number;
}

interface OfStep extends OfRow {
  readonly step: string;
  /** In a step with `for`: the place of the `item`, counted from 0. Absent in its `step-end`, which has the whole list. */
  readonly element?: number;
  /** In a step with `repeat`, or in a fold: the round, counted from 0. Absent in its `step-end`. */
  readonly round?: number;
  /** Of a prompt that did not fit, with `on_overflow: split`: the piece, counted from 0, such as `2`, or `2.0` where that was cut again. Absent in its `step-end`. */
  readonly piece?: string;
}

/** How many rows ended how; `rows` is the sum of the others. */
export interface RunCounts {
  readonly rows: number;
  readonly ok: number;
  /** Went on without the value of a step that failed, as its `on_error: skip` says. */
  readonly degraded: number;
  readonly failed: number;
  /** Left out by `each.where`. */
  readonly skipped: number;
}

/** Tokens of answers. */
export interface RunTokens {
  readonly promptTokens: number;
  readonly outputTokens: number;
}

export interface RunStart {
  readonly type: 'run-start';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly workflow: string;
  readonly steps: readonly string[];
  /** Those of them that run for groups and not for rows; absent where there are none. */
  readonly reduces?: readonly string[];
  /** Base URLs. */
  readonly hosts: readonly string[];
  readonly models: readonly string[];
  /** Steps, or `step.field`, whose values are labels worth counting. */
  readonly labels: readonly string[];
  /** Where the results go; absent where they are not saved. */
  readonly to?: string;
  /** What the journal calls the run. */
  readonly id: string;
  /** What the journal had of it. `unfinished`: it goes on where it stopped; `changed`: rows, workflow or targets are not what they were. */
  readonly found: 'nothing' | 'unfinished' | 'stopped' | 'finished' | 'retried' | 'changed';
  /** When it was begun first, in milliseconds since 1970. */
  readonly startedAt: number;
  /** For the user, a sentence each. */
  readonly notes: readonly string[];
}

/** A slot was free and the call begins; `attempt` counts from 1, for each element, round and piece anew. */
export interface StepStart extends OfStep {
  readonly type: 'step-start';
  readonly attempt: number;
  /** Absent where no model is asked. */
  readonly host?: string;
}

/** A request to a model begins, right behind the `step-start` of its attempt. Only where the run is to say so (`calls`). */
export interface CallStart extends OfStep {
  readonly type: 'call-start';
  readonly attempt: number;
  /** Base URL. */
  readonly host: string;
  /** Of the step, such as `chat`. */
  readonly kind: string;
  readonly model: string;
}

/**
 * A request to a model has ended, and its answer was read. Not said where nobody waits for it any more: its row was dropped, or another element
 * of its step has failed.
 */
export interface CallEnd extends OfStep {
  readonly type: 'call-end';
  readonly attempt: number;
  /** `widened`: it did not fit its window, and is made again in a larger one. */
  readonly status: 'ok' | 'failed' | 'widened';
  /** Absent where no answer came. */
  readonly usage?: Usage;
  /** Why the model stopped, as the server says it: `stop`, `length`. */
  readonly doneReason?: string;
  /** Only where it failed, which an answer that was refused has done too. */
  readonly error?: ErrorDescription;
}

/** A piece of the answer, as it comes. */
export interface StepDelta extends OfStep {
  readonly type: 'step-delta';
  readonly text: string;
}

/** A step has its value, or was skipped. */
export interface StepEnd extends OfStep {
  readonly type: 'step-end';
  readonly status: 'ok' | 'skipped';
  /** Null where it was skipped. */
  readonly value: unknown;
  readonly usage?: Usage;
  /** What `expect` says the value should have been. */
  readonly expected?: unknown;
  /** It is from an earlier time, and has only what a summary counts. */
  readonly reused?: true;
  /** Why the step failed, where its `on_error` gave the value or skipped it. */
  readonly error?: ErrorDescription;
}

/** An attempt failed and another one follows. */
export interface StepRetry extends OfStep {
  readonly type: 'step-retry';
  readonly attempt: number;
  readonly error: ErrorDescription;
  readonly delayMs: number;
}

/**
 * A row waits for a later stage of the run, in which its next model is asked. Its steps that have ended are said again then, as `reused`.
 */
export interface RowParked extends OfRow {
  readonly type: 'row-parked';
  /** The step that waits, and the model that it waits for. */
  readonly step: string;
  readonly model: string;
}

/** A stage begins: rows that waited for this model go on. */
export interface StageStart {
  readonly type: 'stage-start';
  /** Counted from 1; the first one, which begins with the run, is not said. */
  readonly stage: number;
  readonly model: string;
}

/** A host is told to load a model, or has done so. */
export interface ModelLoad {
  readonly type: 'model-load';
  /** Base URL. */
  readonly host: string;
  readonly model: string;
  /** Tokens of its window; absent where the server chooses. */
  readonly window?: number;
  /** Absent when it begins. */
  readonly ms?: number;
}

/** A row is final, and durable in the journal. */
export interface RowEnd extends OfRow {
  readonly type: 'row-end';
  readonly status: 'ok' | 'degraded' | 'failed' | 'skipped';
  /** What is saved: the fields without `key`. Absent where nothing is. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly error?: ErrorDescription;
  /** The step that failed; absent where the row was not read, or ended at an earlier time. */
  readonly step?: string;
  /** The last text of the model, where the failure kept it. */
  readonly answer?: string;
  /** How often the call that failed was made; absent where it came to none. */
  readonly attempts?: number;
  /** The step that failed says `on_error: abort`, and the run stops. */
  readonly aborts?: boolean;
  /** The row ended at an earlier time, and these are the tokens of its answers; `fields` is absent then. */
  readonly reused?: RunTokens;
}

/**
 * A group of a reduce is final. The events of its calls before it have the group as their `key`, and its place among the groups as their
 * `index`.
 */
export interface GroupEnd extends OfStep {
  readonly type: 'group-end';
  readonly status: 'ok' | 'failed' | 'skipped';
  /** What `group_by` gave; null without it. */
  readonly group: string | number | boolean | null;
  /** How many items it has. */
  readonly count: number;
  /** Null where it was skipped; absent where it failed. */
  readonly value?: unknown;
  readonly usage?: Usage;
  readonly error?: ErrorDescription;
  /** The last text of the model, where the failure kept it. */
  readonly answer?: string;
  /** How often the call that failed was made; absent where it came to none. */
  readonly attempts?: number;
  /** The step says `on_error: abort`, and the run stops. */
  readonly aborts?: boolean;
}

/** How many groups ended how. */
export interface GroupCounts {
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a host did for a run. */
export interface HostReport {
  /** Base URL. */
  readonly host: string;
  /** Calls that it answered, or began to. */
  readonly calls: number;
  /** Models it was told to load, since they were not in memory as the run wants them. */
  readonly loads: number;
  /** Milliseconds that it took to load them. */
  readonly loadMs: number;
  /** Calls that may be in flight in the end: as the user says, or as was found. */
  readonly parallel: number;
  /** Milliseconds that calls waited on the host for a slot, together; as far as it tells. */
  readonly waitedMs: number;
  /** Calls it refused since it had too many. */
  readonly refused: number;
  /** Tokens of prompts. */
  readonly promptTokens: number;
  /** About so many of them it had read before, and took from its cache. */
  readonly cachedTokens: number;
}

/** The last event. */
export interface RunEnd {
  readonly type: 'run-end';
  readonly at: number;
  /** `stopped`: by itself, for the reason in `error`. The rows that were in work have no `row-end`, as with `interrupted`. */
  readonly status: 'done' | 'interrupted' | 'stopped';
  readonly counts: RunCounts;
  /** Only where groups of a reduce have ended. */
  readonly groups?: GroupCounts;
  /** Only of a run that was stopped. */
  readonly error?: ErrorDescription;
  /** Only of a run that was stopped: why its rows failed. */
  readonly causes?: readonly FailureCause[];
  /** Of all answers that models gave now: also of those that were refused, and of rows that did not end. */
  readonly tokens: RunTokens;
  /** Of answers that were there already, from an earlier time or an equal call; absent where there are none. */
  readonly reusedTokens?: RunTokens;
  readonly durationMs: number;
  /** What each host did; absent where no model was asked. */
  readonly hosts?: readonly HostReport[];
  /** Loads that one row after the other would have taken beside those that were made; absent where there are none. */
  readonly loadsAvoided?: number;
  /** Calls that did not fit the window, and were made in a larger one; absent where there are none. */
  readonly widened?: number;
  readonly to?: string;
  /** All was there already, and nothing was run. */
  readonly unchanged?: true;
  /** Only of a workflow without `each`: the value of the last step, or of all that no other step reads. */
  readonly value?: unknown;
}

/** All that a run says, in the order in which it happens. */
export type RunEvent =
  | RunStart
  | StageStart
  | ModelLoad
  | StepStart
  | CallStart
  | CallEnd
  | StepDelta
  | StepEnd
  | StepRetry
  | RowParked
  | RowEnd
  | GroupEnd
  | RunEnd;
