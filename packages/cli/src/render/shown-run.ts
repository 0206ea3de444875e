import { relative } from 'node:path';
import type { ShownRun } from '@millrace/runner';
import { ago, bytes, count, duration, inAndOut, plural } from './figures.ts';
import { oneLine, safeText } from './safe-text.ts';
import { alignColumns } from './table.ts';

/** What a run was, in a few lines. */
export function renderRun(run: ShownRun, now: number): string {
  const { id, workflow, status, error } = run;
  const lines = [
    `run ${id} of ${oneLine(workflow)}: ${status}${run.isReplaced ? ', and begun afresh since' : ''}`,
    ...(error ? [`  because: ${oneLine(error.message, 1000)}`] : []),
    ...alignColumns([...facts(run, now), ...askedFor(run.invocation), ...filesOf(run)]),
    ...causesOf(run),
  ];
  return `${safeText(lines.join('\n'))}\n`;
}

function facts(run: ShownRun, now: number): string[][] {
  const { file, due, startedAt, endedAt, owner, counts, groups, tokens, reusedTokens, models } = run;
  const parts = [
    `${count(counts.ok)} ok`,
    ...(counts.degraded > 0 ? [`${count(counts.degraded)} degraded`] : []),
    `${count(counts.failed)} failed`,
    ...(counts.skipped > 0 ? [`${count(counts.skipped)} skipped by where`] : []),
  ];
  return [
    ['  file', near(file)],
    ...(due === undefined ? [] : [['  due', when(due, now)]]),
    ['  begun', when(startedAt, now)],
    ...(endedAt === undefined ? [] : [['  ended', `${when(endedAt, now)}, after ${duration(endedAt - startedAt)}`]]),
    ...(owner ? [['  in work', `by the process ${owner.pid} on ${oneLine(owner.host)}`]] : []),
    ['  rows', `${count(counts.rows)}: ${parts.join(', ')}`],
    ...(groups ? [['  groups', `${count(groups.ok)} ok, ${count(groups.failed)} failed`]] : []),
    ...(tokens ? [['  tokens', inAndOut(tokens)]] : []),
    ...(reusedTokens ? [['  reused tokens', inAndOut(reusedTokens)]] : []),
    ...Object.entries(models).map(([name, digest]) => ['  model', `${oneLine(name)} (${oneLine(digest, 19)})`]),
  ];
}

const when = (at: number, now: number): string => `${new Date(at).toLocaleString('sv')} (${ago(at, now)})`;

/** Each thing that was asked for on the command line. */
function askedFor(invocation: unknown): string[][] {
  if (typeof invocation !== 'object' || invocation === null) return [];
  return Object.entries(invocation).flatMap(([name, value]) => {
    const isEmpty = value === null || (typeof value === 'object' && Object.keys(value).length === 0);
    if (isEmpty) return [];
    return [[`  ${name}`, typeof value === 'string' ? oneLine(value, 1000) : oneLine(JSON.stringify(value), 1000)]];
  });
}

const mostFiles = 10;

function filesOf({ files }: ShownRun): string[][] {
  const shown = files
    .slice(0, mostFiles)
    .map(({ path, bytes: size, isFinished }) => [
      '  writes',
      `${near(path)} (${isFinished ? '' : 'so far '}${bytes(size)})`,
    ]);
  return files.length > mostFiles
    ? [...shown, ['  writes', `and ${plural(files.length - mostFiles, 'more file')}`]]
    : shown;
}

function causesOf({ causes, id, counts }: ShownRun): string[] {
  if (causes.length === 0) return [];
  return [
    'failed:',
    ...causes.map(({ count: rows, code, message, keys }) => {
      const named = keys.map((key) => oneLine(key, 40)).join(', ');
      return `  ${count(rows)} × ${code}: ${oneLine(message)} (${named}${rows > keys.length ? ', …' : ''})`;
    }),
    ...(counts.failed > 0 ? [`\`millrace runs retry ${id}\` runs them again.`] : []),
  ];
}

function near(path: string): string {
  const short = relative(process.cwd(), path);
  return oneLine(short.startsWith('..') ? path : short, 1000);
}
