import type { ErrorDescription } from '@millrace/errors';
import type { GroupCounts, HostReport, RunCounts, RunStart, RunTokens } from './events.ts';
import type { FailureCause } from './failure-causes.ts';
import { noTokens } from './token-tally.ts';

/** How often each value came, and how it compares with what `expect` named. */
export interface LabelTally {
  /** How often the step answered each value; at most thirty, the rest under `…`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Only where the step has an `expect`: how often each pair of expected and answered value came. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly compared: number;
  readonly right: number;
}

/** A value that counts when its row ends. */
export interface OpenLabel {
  readonly index: number;
  readonly name: string;
  readonly value: unknown;
  readonly expected: unknown;
}

/** A failed row, for the summary. */
export interface FailedRow {
  readonly key: string;
  readonly error: ErrorDescription;
}

/** What is known of a run after some of its events. Its size does not grow with the rows. */
export interface RunState {
  readonly status: 'waiting' | 'running' | 'done' | 'interrupted' | 'stopped';
  /** What the journal calls the run. */
  readonly id: string;
  readonly found: RunStart['found'];
  /** Nothing was run, for all was there already. */
  readonly unchanged: boolean;
  /** Rows that ended at an earlier time; they are in `counts` too. */
  readonly reused: number;
  readonly workflow: string;
  readonly hosts: readonly string[];
  readonly models: readonly string[];
  readonly startedAt: number;
  readonly durationMs: number;
  readonly to: string | undefined;
  readonly counts: RunCounts;
  /** Of reduces. */
  readonly groups: GroupCounts;
  /** Of answers that models gave now; until `run-end` of the steps that have ended. */
  readonly tokens: RunTokens;
  /** Of answers that were there already; until `run-end` of rows that ended at an earlier time. */
  readonly reusedTokens: RunTokens;
  /** Attempts that failed and were made again. */
  readonly retries: number;
  /** The model of the stage that the run is in; undefined in the first one. */
  readonly stage: string | undefined;
  /** Rows of this stage that wait for a later one. */
  readonly parked: number;
  /** A model that is being loaded. */
  readonly loading: string | undefined;
  /** What each host did, how many loads stages have avoided, and how many calls needed a larger window: from `run-end` on. */
  readonly reports: readonly HostReport[];
  readonly loadsAvoided: number;
  readonly widened: number;
  /** Of rows that have ended. */
  readonly labels: Readonly<Record<string, LabelTally>>;
  /** Of rows in work. */
  readonly openLabels: readonly OpenLabel[];
  /** The first few. */
  readonly failures: readonly FailedRow[];
  /** All failed rows and groups, those that failed alike together. */
  readonly causes: readonly FailureCause[];
  /** Why the run was stopped. */
  readonly error: ErrorDescription | undefined;
  readonly value: unknown;
}

/** The state before the first event. */
export const initialRun: RunState = {
  status: 'waiting',
  id: '',
  found: 'nothing',
  unchanged: false,
  reused: 0,
  workflow: '',
  hosts: [],
  models: [],
  startedAt: 0,
  durationMs: 0,
  to: undefined,
  counts: { rows: 0, ok: 0, degraded: 0, failed: 0, skipped: 0 },
  groups: { ok: 0, failed: 0, skipped: 0 },
  tokens: noTokens,
  reusedTokens: noTokens,
  retries: 0,
  stage: undefined,
  parked: 0,
  loading: undefined,
  reports: [],
  loadsAvoided: 0,
  widened: 0,
  labels: {},
  openLabels: [],
  failures: [],
  causes: [],
  error: undefined,
  value: undefined,
};

/** A state on its way to be the next one. */
export type Draft = { -readonly [Name in keyof RunState]: RunState[Name] };

/** Written out: of `...` V8 makes a hidden class for each state that it has not seen, and a chain of states never ends to have those; 3 µs each. */
export const copyOf = (state: RunState): Draft => ({
  status: state.status,
  id: state.id,
  found: state.found,
  unchanged: state.unchanged,
  reused: state.reused,
  workflow: state.workflow,
  hosts: state.hosts,
  models: state.models,
  startedAt: state.startedAt,
  durationMs: state.durationMs,
  to: state.to,
  counts: state.counts,
  groups: state.groups,
  tokens: state.tokens,
  reusedTokens: state.reusedTokens,
  retries: state.retries,
  stage: state.stage,
  parked: state.parked,
  loading: state.loading,
  reports: state.reports,
  loadsAvoided: state.loadsAvoided,
  widened: state.widened,
  labels: state.labels,
  openLabels: state.openLabels,
  failures: state.failures,
  causes: state.causes,
  error: state.error,
  value: state.value,
});
