import type { ExpectedTime, Interval, PlannedLoads, PlannedRows, PlannedRun } from '@millrace/runner';
import { count, duration, inAndOut, plural } from '../render/figures.ts';
import { oneLine } from '../render/safe-text.ts';

/** `34`, `0–34`, `2 or more` */
export function interval({ least, most }: Interval): string {
  if (most === null) return least === 0 ? 'any number' : `${count(least)} or more`;
  return least === most ? count(least) : `${count(least)}–${count(most)}`;
}

/** Which run goes on. */
export function runText({ id, found, isFinished, isInWork }: PlannedRun): string {
  if (id === undefined) return 'a new one';
  if (isInWork) return `${id} is in work by another process; this is what it has left`;
  if (isFinished) return `${id} is finished: there is nothing to do`;
  const words = {
    nothing: 'goes on',
    unfinished: 'goes on where it stopped',
    stopped: 'goes on; rows that failed are tried again',
    finished: 'is finished; what it wrote is written again',
    changed: 'goes on; the workflow, its rows or its targets have changed',
  };
  return `${id} ${words[found]}`;
}

/** What becomes of the rows. */
export function rowsText({ from, read, leftOut, broken, duplicates, done, begun, asked }: PlannedRows): string {
  if (from === 'stdin') return 'of standard input: they are read by the run only';
  if (from === 'single') return done > 0 ? 'none: a single run, which is done' : 'none: a single run';
  const parts = [
    ...(leftOut > 0 ? [`${count(leftOut)} left out by where`] : []),
    ...(broken > 0 ? [`${count(broken)} cannot be read`] : []),
    ...(duplicates > 0 ? [`${count(duplicates)} with the key of another`] : []),
    ...(done > 0 ? [`${count(done)} done already`] : []),
  ];
  const begunText = begun > 0 ? ` (${count(begun)} of them begun before: what was answered is kept)` : '';
  return `${[`${count(read)} read`, ...parts].join(', ')}: ${count(asked)} to ask${begunText}`;
}

/** How often models are loaded. */
export function loadsText({ each, stages, rowByRow }: PlannedLoads): string {
  const order = stages.map(({ models }) => models.map((name) => oneLine(name, 60)).join(' and ')).join(' → ');
  if (each.most === 0) return `none: ${order} is in memory as the run wants it`;
  const range = each.least === each.most ? count(each.least) : `${interval(each)}, as the models fit together or not`;
  const saved = rowByRow > (each.most ?? 0) ? `; one row after the other would take about ${count(rowByRow)}` : '';
  return `${range}: ${order}${saved}`;
}

/** `14 ms` where seconds would say nothing. */
const shortDuration = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : duration(ms));

/** How long it takes, and how that is known. */
export function timeText(time: ExpectedTime): string {
  if (!time.isKnown) return `unknown, ${time.reason}`;
  const { probe, least, most, without } = time;
  const { rows, failed, rowMs, spreadMs, parallel, promptTokens, outputTokens } = probe;
  const spread = rows > 1 ? ` ± ${shortDuration(spreadMs)}` : '';
  const failures = failed > 0 ? `, ${count(failed)} of them failed` : '';
  const atOnce = parallel.most === 1 ? 'one call at a time' : `${parallel.mean}–${parallel.most} calls at once`;
  const rest = without.length > 0 ? `; without ${without.join(', ')}` : '';
  return `${shortDuration(least)} to ${shortDuration(most)}${rest} (${plural(rows, 'row')} probed${failures}: ${shortDuration(rowMs)}${spread} each, ${atOnce}; ${inAndOut({ promptTokens, outputTokens })})`;
}
