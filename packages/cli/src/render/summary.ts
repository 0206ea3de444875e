import type { HostReport, LabelTally, RunState } from '@millrace/runner';
import { count, duration, inAndOut, percent, rate } from './figures.ts';
import type { RealWork } from './real-work.ts';
import { oneLine, safeText } from './safe-text.ts';
import { alignColumns } from './table.ts';

/** What a run did, in a few lines. @param work What of it was done now: rates are taken of that. */
export function renderSummary(
  state: RunState,
  to: string | undefined,
  work: Pick<RealWork, 'rows' | 'outputTokens'>,
): string {
  const { counts, groups, tokens, reusedTokens, durationMs, retries } = state;
  const seconds = Math.max(durationMs, 1) / 1000;
  const reduced = groups.ok + groups.failed + groups.skipped;
  const lines = [
    headLine(state),
    ...alignColumns([
      ['  rows', `${count(counts.rows)}${earlier(state)} (${rate(work.rows / seconds)} rows/s)`],
      ['  ok', count(counts.ok)],
      ...(counts.degraded === 0 ? [] : [['  degraded', `${count(counts.degraded)} (without the value of a step)`]]),
      ['  failed', count(counts.failed)],
      ['  skipped by where', count(counts.skipped)],
      ...(reduced === 0 ? [] : [['  groups', `${count(groups.ok)} ok, ${count(groups.failed)} failed`]]),
      ['  retries', count(retries)],
      ['  tokens', `${inAndOut(tokens)} (${rate(work.outputTokens / seconds)} tokens/s)`],
      ...(noneOf(reusedTokens) ? [] : [['  reused tokens', inAndOut(reusedTokens)]]),
      ...(state.loadsAvoided === 0
        ? []
        : [['  loads avoided', `${count(state.loadsAvoided)}, by asking one model after the other`]]),
      ...(state.widened === 0 ? [] : [['  larger window', `${count(state.widened)} calls that would have been cut`]]),
      ...state.reports.map((report) => ['  host', hostLine(report)]),
      ...(to === undefined ? [] : [['  results', to]]),
    ]),
    ...Object.entries(state.labels).flatMap(([name, tally]) => labelLines(name, tally)),
    ...causeLines(state),
    ...failureLines(state),
  ];
  return `${safeText(lines.join('\n'))}\n`;
}

function hostLine({
  host,
  calls,
  parallel,
  loads,
  loadMs,
  waitedMs,
  refused,
  promptTokens,
  cachedTokens,
}: HostReport): string {
  return [
    `${host}: ${count(calls)} calls, up to ${count(parallel)} at once`,
    ...(loads === 0 ? [] : [`${count(loads)} loads in ${duration(loadMs)}`]),
    ...(waitedMs < 1000 ? [] : [`waited ${duration(waitedMs)} for a slot`]),
    ...(refused === 0 ? [] : [`refused ${count(refused)}`]),
    ...(cachedTokens === 0 ? [] : [`about ${percent(cachedTokens, promptTokens)} of the prompts from its cache`]),
  ].join(', ');
}

const noneOf = ({ promptTokens, outputTokens }: RunState['tokens']): boolean => promptTokens + outputTokens === 0;

const earlier = ({ reused }: RunState): string =>
  reused === 0 ? '' : `, ${count(reused)} of them from an earlier time`;

function headLine({ workflow, status, durationMs, error }: RunState): string {
  const after = `after ${duration(durationMs)}`;
  if (status === 'interrupted') return `${workflow} was interrupted ${after}`;
  return status === 'stopped' ? `${workflow} was stopped ${after}: ${error?.message}` : `${workflow} is done ${after}`;
}

function labelLines(name: string, tally: LabelTally): string[] {
  const entries = byCount(tally.counts);
  if (entries.length === 0) return [];
  const counts = entries.map(([label, number]) => `${oneLine(label, 40)} ${count(number)}`).join(', ');
  return [`labels of ${name}: ${counts}`, ...accuracyLines(name, tally)];
}

function accuracyLines(name: string, { compared, right, confusion }: LabelTally): string[] {
  if (compared === 0) return [];
  const expected = byCount(Object.fromEntries(Object.entries(confusion).map(([label, row]) => [label, sum(row)])));
  const [majority, most] = expected[0] ?? ['–', 0];
  const answers = [
    ...new Set([...expected.map(([label]) => label), ...Object.values(confusion).flatMap((row) => Object.keys(row))]),
  ];
  const table = [
    ['  expected \\ answered', ...answers.map((label) => oneLine(label, 16))],
    ...expected.map(([label]) => [
      `  ${oneLine(label, 24)}`,
      ...answers.map((answer) => count(confusion[label]?.[answer] ?? 0)),
    ]),
  ];
  return [
    `accuracy of ${name}: ${percent(right, compared)} (${count(right)} of ${count(compared)} as expected)`,
    `  the most frequent label alone, ${oneLine(majority, 40)}: ${percent(most, compared)}`,
    ...alignColumns(table),
  ];
}

/** What the failures have in common, where that says more than the list of them. */
function causeLines({ causes, failures, counts }: RunState): string[] {
  if (counts.failed <= failures.length) return [];
  return ['causes:', ...causes.map(({ count: rows, message }) => `  ${count(rows)} × ${oneLine(message)}`)];
}

function failureLines({ failures, counts }: RunState): string[] {
  if (failures.length === 0) return [];
  const more = counts.failed - failures.length;
  return [
    'failed rows:',
    ...failures.map(({ key, error }) => `  ${oneLine(key, 40)}: ${oneLine(error.message)}`),
    ...(more > 0 ? [`  … and ${count(more)} more`] : []),
  ];
}

const byCount = (counts: Readonly<Record<string, number>>): (readonly [string, number])[] =>
  Object.entries(counts).sort(([, a], [, b]) => b - a);

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, number) => total + number, 0);
