import type { ErrorDescription } from '@millrace/errors';
import type {
  GroupCounts,
  GroupEnd,
  HostReport,
  RowEnd,
  RunCounts,
  RunEnd,
  RunEvent,
  RunStart,
  RunTokens,
  StepEnd,
} from './events.ts';
import { addCause, type FailureCause } from './failure-causes.ts';
import { addTokens, noTokens } from './token-tally.ts';

/** How often each value came, and how it compares with what `expect` named. */
export interface LabelTally {
  /** How often the step answered each value; at most `maxLabels`, the rest under `…`. */
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

const maxLabels = 30;
const maxFailures = 10;

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
type Draft = { -readonly [Name in keyof RunState]: RunState[Name] };

/** Written out: of `...` V8 makes a hidden class for each state that it has not seen, and a chain of states never ends to have those; 3 µs each. */
const copyOf = (state: RunState): Draft => ({
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

/** The state after one more event: a pure fold, shared by the terminal and whatever else shows a run. */
export function reduceRun(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'run-start':
      return startRun(copyOf(state), event);
    case 'step-end':
      return event.status === 'ok' ? endStep(copyOf(state), event) : state;
    case 'step-retry':
      return Object.assign(copyOf(state), { retries: state.retries + 1 });
    case 'stage-start':
      return Object.assign(copyOf(state), { stage: event.model, parked: 0 });
    case 'model-load':
      return Object.assign(copyOf(state), { loading: event.ms === undefined ? event.model : undefined });
    case 'row-parked': {
      const openLabels = state.openLabels.filter((label) => label.index !== event.index);
      return Object.assign(copyOf(state), { parked: state.parked + 1, openLabels });
    }
    case 'row-end':
      return endRow(copyOf(state), event);
    case 'group-end':
      return endGroup(copyOf(state), event);
    case 'run-end':
      return endRun(copyOf(state), event);
    default:
      return state;
  }
}

function startRun(next: Draft, event: RunStart): Draft {
  next.status = 'running';
  next.id = event.id;
  next.found = event.found;
  next.workflow = event.workflow;
  next.hosts = event.hosts;
  next.models = event.models;
  next.startedAt = event.at;
  next.labels = Object.fromEntries(event.labels.map((name) => [name, emptyTally]));
  next.to = event.to;
  return next;
}

function endRun(next: Draft, event: RunEnd): Draft {
  next.status = event.status;
  next.durationMs = event.durationMs;
  next.counts = event.counts;
  next.tokens = event.tokens;
  next.reusedTokens = event.reusedTokens ?? noTokens;
  next.openLabels = [];
  next.unchanged = event.unchanged === true;
  next.reports = event.hosts ?? [];
  next.loadsAvoided = event.loadsAvoided ?? 0;
  next.widened = event.widened ?? 0;
  next.groups = event.groups ?? next.groups;
  next.value = event.value;
  next.error = event.error;
  return next;
}

const emptyTally: LabelTally = { counts: {}, confusion: {}, compared: 0, right: 0 };

function endStep(next: Draft, event: StepEnd): Draft {
  next.tokens = addTokens(next.tokens, event.usage);
  for (const name of Object.keys(next.labels)) {
    const label = labelOf(name, event);
    if (label) next.openLabels = [...next.openLabels, { index: event.index, name, ...label }];
  }
  return next;
}

/** Rows that are dropped, as by an interrupt, have answered nothing. */
function countLabelsOf(index: number, next: Draft): void {
  if (next.openLabels.length === 0) return;
  for (const { index: row, name, value, expected } of next.openLabels)
    if (row === index)
      next.labels = { ...next.labels, [name]: addLabel(next.labels[name] ?? emptyTally, value, expected) };
  next.openLabels = next.openLabels.filter((label) => label.index !== index);
}

/** The value that a label's name (`step` or `step.field`) means in this event. */
function labelOf(name: string, { step, value, expected }: StepEnd) {
  if (name === step) return { value, expected };
  const field = name.startsWith(`${step}.`) ? name.slice(step.length + 1) : undefined;
  if (field === undefined) return undefined;
  return { value: fieldOf(value, field), expected: fieldOf(expected, field) };
}

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;

function addLabel(tally: LabelTally, value: unknown, expected: unknown): LabelTally {
  const answered = labelText(value);
  const counts = increment(tally.counts, answered);
  if (expected === undefined) return { ...tally, counts };
  const wanted = labelText(expected);
  const row = Object.hasOwn(tally.confusion, wanted) || Object.keys(tally.confusion).length < maxLabels ? wanted : '…';
  return {
    counts,
    confusion: { ...tally.confusion, [row]: increment(ownValue(tally.confusion, row) ?? {}, answered) },
    compared: tally.compared + 1,
    right: tally.right + (answered === wanted ? 1 : 0),
  };
}

function increment(counts: Readonly<Record<string, number>>, label: string): Record<string, number> {
  const name = Object.hasOwn(counts, label) || Object.keys(counts).length < maxLabels ? label : '…';
  return { ...counts, [name]: (ownValue(counts, name) ?? 0) + 1 };
}

/** A label may be called `constructor`. */
const ownValue = <Value>(values: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

const labelText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null'));

function endRow(next: Draft, event: RowEnd): Draft {
  next.counts = withOneMore(next.counts, event.status);
  if (event.reused) {
    next.reused++;
    next.reusedTokens = addTokens(next.reusedTokens, event.reused);
  }
  countLabelsOf(event.index, next);
  countFailure(next, event);
  return next;
}

const withOneMore = ({ rows, ok, degraded, failed, skipped }: RunCounts, status: RowEnd['status']): RunCounts => ({
  rows: rows + 1,
  ok: ok + (status === 'ok' ? 1 : 0),
  degraded: degraded + (status === 'degraded' ? 1 : 0),
  failed: failed + (status === 'failed' ? 1 : 0),
  skipped: skipped + (status === 'skipped' ? 1 : 0),
});

function endGroup(next: Draft, event: GroupEnd): Draft {
  next.groups = { ...next.groups, [event.status]: next.groups[event.status] + 1 };
  if (event.status === 'failed') countFailure(next, event);
  next.tokens = addTokens(next.tokens, event.usage);
  return next;
}

function countFailure(next: Draft, { key, error }: RowEnd | GroupEnd): void {
  if (!error) return;
  if (next.failures.length < maxFailures) next.failures = [...next.failures, { key, error }];
  next.causes = addCause(next.causes, key, error);
}
