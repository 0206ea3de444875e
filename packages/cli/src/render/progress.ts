import type { RunState } from '@millrace/runner';
import { count, duration, rate } from './figures.ts';
import type { RealWork } from './real-work.ts';
import { oneLine } from './safe-text.ts';

/** Figures of the last seconds, so that a rate follows the run. */
export interface Pace {
  /** Takes the work as it is now. */
  note(work: Pick<RealWork, 'rows' | 'outputTokens'>, now: number): void;
  rowsPerSecond(): number;
  tokensPerSecond(): number;
}

/** Milliseconds over which rates are taken. */
const span = 10_000;

/** Rates over the last ten seconds. */
export function createPace(): Pace {
  const points: { at: number; rows: number; tokens: number }[] = [];
  const perSecond = (figure: 'rows' | 'tokens'): number => {
    const [first, last] = [points[0], points.at(-1)];
    return first && last && last.at > first.at ? ((last[figure] - first[figure]) * 1000) / (last.at - first.at) : 0;
  };
  return {
    note: ({ rows, outputTokens }, at) => {
      points.push({ at, rows, tokens: outputTokens });
      while (points.length > 2 && at - (points[1]?.at ?? at) > span) points.shift();
    },
    rowsPerSecond: () => perSecond('rows'),
    tokensPerSecond: () => perSecond('tokens'),
  };
}

/** One line: what is loaded or asked, rows done, rows/s, tokens/s, time left, and what is unusual. */
export function progressLine(
  { counts, retries, stage, parked, loading }: RunState,
  pace: Pace,
  total: number | undefined,
): string {
  const speed = pace.rowsPerSecond();
  const done = total === undefined ? `${count(counts.rows)} rows` : `${count(counts.rows)} of ${count(total)} rows`;
  const share = total ? ` (${Math.floor((100 * counts.rows) / total)} %)` : '';
  const left = total !== undefined && speed > 0 ? duration(((total - counts.rows) / speed) * 1000) : '–';
  const parts = [`${done}${share}`, `${rate(speed)} rows/s`, `${rate(pace.tokensPerSecond())} tokens/s`, `ETA ${left}`];
  if (loading !== undefined) parts.unshift(`loading ${oneLine(loading, 40)}`);
  else if (stage !== undefined) parts.unshift(`asking ${oneLine(stage, 40)}`);
  if (parked > 0) parts.push(`${count(parked)} wait for their next model`);
  if (counts.failed > 0) parts.push(`${count(counts.failed)} failed`);
  if (retries > 0) parts.push(`${count(retries)} retried`);
  return parts.join(' · ');
}
