import type { GroupEnd, RowEnd, RunCounts, RunEnd, RunEvent, RunStart, StepEnd } from './events.ts';
import { addCause } from './failure-causes.ts';
import { copyOf, type Draft, type LabelTally, type RunState } from './run-state.ts';
import { addTokens, noTokens } from './token-tally.ts';

const maxLabels = 30;
const maxFailures = 10;

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
