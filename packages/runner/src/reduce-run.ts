import type { ErrorDescription } from '@millrace/errors';
import type {
  GroupCounts,
  GroupEnd,
  HostReport,
  RowEnd,
  RunCounts,
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
  readonly to?: string;
  readonly counts: RunCounts;
  /** Of reduces. */
  readonly groups: GroupCounts;
  /** Of answers that models gave now; until `run-end` of the steps that have ended. */
  readonly tokens: RunTokens;
  /** Of answers that were there already; until `run-end` of rows that ended at an earlier time. */
  readonly reusedTokens: RunTokens;
  /** Attempts that failed and were made again. */
  readonly retries: number;
  /** The model of the stage that the run is in; absent in the first one. */
  readonly stage?: string;
  /** Rows of this stage that wait for a later one. */
  readonly parked: number;
  /** A model that is being loaded. */
  readonly loading?: string;
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
  readonly error?: ErrorDescription;
  readonly value?: unknown;
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
  counts: { rows: 0, ok: 0, degraded: 0, failed: 0, skipped: 0 },
  groups: { ok: 0, failed: 0, skipped: 0 },
  tokens: noTokens,
  reusedTokens: noTokens,
  retries: 0,
  parked: 0,
  reports: [],
  loadsAvoided: 0,
  widened: 0,
  labels: {},
  openLabels: [],
  failures: [],
  causes: [],
};

/** The state after one more event: a pure fold, shared by the terminal and whatever else shows a run. */
export function reduceRun(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    case 'run-start':
      return {
        ...state,
        status: 'running',
        id: event.id,
        found: event.found,
        workflow: event.workflow,
        hosts: event.hosts,
        models: event.models,
        startedAt: event.at,
        labels: Object.fromEntries(event.labels.map((name) => [name, emptyTally])),
        ...(event.to !== undefined && { to: event.to }),
      };
    case 'step-end':
      return event.status === 'ok' ? afterStep(state, event) : state;
    case 'step-retry':
      return { ...state, retries: state.retries + 1 };
    case 'stage-start':
      return { ...state, stage: event.model, parked: 0 };
    case 'model-load':
      return event.ms === undefined ? { ...state, loading: event.model } : withoutLoading(state);
    case 'row-parked':
      return {
        ...state,
        parked: state.parked + 1,
        openLabels: state.openLabels.filter((label) => label.index !== event.index),
      };
    case 'row-end':
      return afterRow(state, event);
    case 'group-end':
      return afterGroup(state, event);
    case 'run-end':
      return {
        ...state,
        status: event.status,
        durationMs: event.durationMs,
        counts: event.counts,
        tokens: event.tokens,
        reusedTokens: event.reusedTokens ?? noTokens,
        openLabels: [],
        unchanged: event.unchanged === true,
        reports: event.hosts ?? [],
        loadsAvoided: event.loadsAvoided ?? 0,
        widened: event.widened ?? 0,
        ...(event.groups && { groups: event.groups }),
        ...('value' in event && { value: event.value }),
        ...(event.error && { error: event.error }),
      };
    default:
      return state;
  }
}

const withoutLoading = ({ loading: _loading, ...state }: RunState): RunState => state;

const emptyTally: LabelTally = { counts: {}, confusion: {}, compared: 0, right: 0 };

function afterStep(state: RunState, event: StepEnd): RunState {
  const tokens = addTokens(state.tokens, event.usage);
  const own = Object.keys(state.labels).flatMap((name) => {
    const label = labelOf(name, event);
    return label ? [{ index: event.index, name, ...label }] : [];
  });
  return { ...state, tokens, ...(own.length > 0 && { openLabels: [...state.openLabels, ...own] }) };
}

/** Rows that are dropped, as by an interrupt, have answered nothing. */
function withLabelsOf(index: number, state: RunState): Partial<RunState> {
  const own = state.openLabels.filter((label) => label.index === index);
  if (own.length === 0) return {};
  let { labels } = state;
  for (const { name, value, expected } of own)
    labels = { ...labels, [name]: addLabel(labels[name] ?? emptyTally, value, expected) };
  return { labels, openLabels: state.openLabels.filter((label) => label.index !== index) };
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

function afterRow(state: RunState, event: RowEnd): RunState {
  const counts = { ...state.counts, rows: state.counts.rows + 1, [event.status]: state.counts[event.status] + 1 };
  const { reused } = event;
  const before = reused && { reused: state.reused + 1, reusedTokens: addTokens(state.reusedTokens, reused) };
  return { ...state, counts, ...before, ...withLabelsOf(event.index, state), ...afterFailure(state, event) };
}

function afterGroup(state: RunState, event: GroupEnd): RunState {
  const groups = { ...state.groups, [event.status]: state.groups[event.status] + 1 };
  const failure = event.status === 'failed' ? afterFailure(state, event) : {};
  return { ...state, groups, tokens: addTokens(state.tokens, event.usage), ...failure };
}

function afterFailure(state: RunState, { key, error }: RowEnd | GroupEnd): Partial<RunState> {
  if (!error) return {};
  return {
    failures: state.failures.length < maxFailures ? [...state.failures, { key, error }] : state.failures,
    causes: addCause(state.causes, key, error),
  };
}
