import { duration } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { oneLine } from '../render/safe-text.ts';
import { alignColumns } from '../render/table.ts';
import type { ExplainedStep } from './explain-step.ts';
import type { Edge, Explanation } from './explanation.ts';

/** What a workflow does, for people. */
export function renderExplanation(explanation: Explanation, paint: Paint): string {
  const { name, description, steps, edges } = explanation;
  const parts = [
    [paint.place(oneLine(name)), ...(description === undefined ? [] : [`  ${oneLine(description, 500)}`])],
    inputLines(explanation),
    rowLines(explanation),
    ...steps.map((step) => stepLines(step, paint)),
    saveLines(explanation),
    runLines(explanation),
    ['graph', ...edgeLines(edges)],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** A name and what belongs to it, indented and below each other. */
const pairs = (entries: readonly (readonly [string, string])[]): string[] =>
  alignColumns(entries.map(([key, value]) => [`  ${oneLine(key, 40)}`, oneLine(value)]));

function inputLines({ inputs }: Explanation): string[] {
  const entries = Object.entries(inputs).map(([name, { type, default: byDefault, description }]) => {
    const value = byDefault === undefined ? 'must be given' : `default ${JSON.stringify(byDefault)}`;
    return [name, [type, value, ...(description === undefined ? [] : [description])].join(', ')] as const;
  });
  return entries.length === 0 ? [] : ['inputs', ...pairs(entries)];
}

function rowLines({ rows }: Explanation): string[] {
  if (!rows) return ['no rows: a single run'];
  const { from, columns, key, where } = rows;
  const known = columns.length === 0 ? 'not known' : columns.join(', ');
  return [
    `rows of ${oneLine(from)}`,
    ...pairs([
      ['columns', known],
      ...(key === undefined ? [] : [['key', key] as const]),
      ...(where === undefined ? [] : [['where', where] as const]),
    ]),
  ];
}

function stepLines({ id, kind, type, model, reads, modifiers }: ExplainedStep, paint: Paint): string[] {
  return [
    `${paint.place(id)}: ${kind} → ${oneLine(type, 500)}`,
    ...pairs([
      ...(model === undefined ? [] : [['model', model] as const]),
      ['reads', reads.length === 0 ? 'nothing' : reads.join(', ')],
      ...Object.entries(modifiers),
    ]),
  ];
}

function saveLines({ rows, save }: Explanation): string[] {
  const { to, fields, over, errors, order } = save;
  if (!rows && to === undefined && !fields) return ['the value is printed'];
  const head = `saved to ${to === undefined || to === '-' ? 'stdout' : oneLine(to)}`;
  return [
    order === 'input' ? head : `${head}, in the order of ${order}`,
    ...pairs([
      ...(fields ? Object.entries(fields) : [['fields', 'the columns and every step'] as const]),
      ...Object.entries(over).map(([step, file]) => [`groups of ${step}`, file] as const),
      ...(errors === undefined ? [] : [['failed rows', errors] as const]),
    ]),
  ];
}

/** How it runs, where the file says that. */
function runLines({ limits, schedule, secrets, hosts }: Explanation): string[] {
  const { parallel, rate, errors, idleMs, totalMs } = limits;
  const all: readonly (readonly [string, string | undefined])[] = [
    ['parallel', parallel === 'auto' ? undefined : String(parallel)],
    ['rate', rate && `${rate.calls} calls in ${duration(rate.perMs)}`],
    ['errors', errors && ('rows' in errors ? `${errors.rows} rows` : `${100 * errors.share} % of the rows`)],
    ['idle', idleMs === undefined ? undefined : duration(idleMs)],
    ['total', totalMs === undefined ? undefined : duration(totalMs)],
    ['schedule', schedule && scheduleText(schedule)],
    ['secrets', secrets.length === 0 ? undefined : secrets.join(', ')],
    ['hosts', hosts.length === 0 ? undefined : hosts.join(', ')],
  ];
  const said = all.filter((entry): entry is readonly [string, string] => entry[1] !== undefined);
  return said.length === 0 ? [] : ['run with', ...pairs(said)];
}

function scheduleText({ when, zone }: NonNullable<Explanation['schedule']>): string {
  const times = timesText(when);
  return zone === undefined ? times : `${times}, ${zone}`;
}

function timesText(when: NonNullable<Explanation['schedule']>['when']): string {
  if ('cron' in when) return `cron ${when.cron}`;
  return 'everyMs' in when ? `every ${duration(when.everyMs)}` : `changes of ${when.watch.paths.join(', ')}`;
}

function edgeLines(edges: readonly Edge[]): string[] {
  const marks = { needs: '', may: ' (if there is one)', all: ' (after all rows)' };
  const targets = new Map<string, string[]>();
  for (const { from, to, how } of edges) targets.set(from, [...(targets.get(from) ?? []), `${to}${marks[how]}`]);
  return alignColumns([...targets].map(([from, to]) => [`  ${from}`, `→ ${to.join(', ')}`]));
}
