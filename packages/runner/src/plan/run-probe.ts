import type { ErrorDescription } from '@millrace/errors';
import { defer, fromEvent, lastValueFrom, NEVER, type Observable, of, tap } from 'rxjs';
import type { RunEvent } from '../events.ts';
import type { LoadedWorkflow } from '../load-workflow.ts';
import type { Row } from '../row.ts';
import { runSomeRows } from '../run-workflow.ts';
import type { PlanWorld } from './plan-world.ts';
import type { ProbedTime } from './run-plan.ts';

/** What came of the probed rows. */
export interface Probed {
  readonly time: ProbedTime;
  /** Of the first row that failed. */
  readonly failure: ErrorDescription | undefined;
}

/** Runs some rows for real, and keeps what they come to for the run behind them. */
export async function runProbe(
  workflow: LoadedWorkflow,
  { signal, onProbe, ...world }: PlanWorld,
  rows: readonly Row[],
): Promise<Probed> {
  const begun = performance.now();
  const clock = createClock();
  let failure: ErrorDescription | undefined;
  let [ended, failed] = [0, 0];
  let tokens = { promptTokens: 0, outputTokens: 0 };
  const events = runSomeRows(workflow, { ...world, interrupt: abortOf(signal), deltas: false }, rows);
  onProbe?.(0, rows.length);
  await lastValueFrom(
    events.pipe(
      tap((event) => {
        clock.note(event, performance.now());
        if (event.type === 'run-end') tokens = event.tokens;
        if (event.type !== 'row-end') return;
        onProbe?.(++ended, rows.length);
        if (event.status !== 'failed') return;
        failed++;
        failure ??= event.error;
      }),
    ),
  );
  return { time: { ...clock.result(), failed, ...tokens, tookMs: Math.round(performance.now() - begun) }, failure };
}

/** Also one that came before anybody listened. */
const abortOf = (signal: AbortSignal | undefined): Observable<unknown> =>
  defer(() => (!signal ? NEVER : signal.aborted ? of(signal) : fromEvent(signal, 'abort')));

/** A call, from when to when its host worked on it. */
type Work = readonly [from: number, to: number];

function createClock() {
  const begun = new Map<string, number>();
  const rows = new Map<string, number>();
  const ended = new Set<string>();
  const work: Work[] = [];
  const loads = new Map<string, number[]>();
  const nameOf = (event: { readonly key: string; readonly step: string }): string => `${event.step} ${event.key}`;

  const noteWork = (event: Extract<RunEvent, { type: 'step-end' }>, at: number): void => {
    const from = begun.get(nameOf(event));
    if (from === undefined || !event.usage) return;
    const { promptMs, outputMs, loadMs, totalMs } = event.usage;
    const told = promptMs + outputMs;
    const ownMs = Math.min(told > 0 ? told : Math.max(0, totalMs - loadMs) || at - from, at - from);
    rows.set(event.key, (rows.get(event.key) ?? 0) + ownMs);
    work.push([at - ownMs, at]);
  };
  return {
    note: (event: RunEvent, at: number): void => {
      if (event.type === 'step-start' && !begun.has(nameOf(event))) begun.set(nameOf(event), at);
      if (event.type === 'step-end' && !event.reused) noteWork(event, at);
      if (event.type === 'row-end') ended.add(event.key);
      if (event.type === 'model-load' && event.ms !== undefined)
        loads.set(event.model, [...(loads.get(event.model) ?? []), event.ms]);
    },
    result: (): Pick<ProbedTime, 'rows' | 'rowMs' | 'spreadMs' | 'parallel' | 'loadMs'> => {
      const times = [...ended].map((key) => rows.get(key) ?? 0);
      const mean = sum(times) / Math.max(1, times.length);
      const variance = times.length < 2 ? 0 : sum(times.map((ms) => (ms - mean) ** 2)) / (times.length - 1);
      return {
        rows: times.length,
        rowMs: rounded(mean),
        spreadMs: rounded(Math.sqrt(variance)),
        parallel: parallelOf(work),
        loadMs: Object.fromEntries([...loads].map(([model, all]) => [model, Math.round(sum(all) / all.length)])),
      };
    },
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

/** Fewer than this share of the time are as many as are worked on by chance: calls end a moment before that is heard. */
const enoughTime = 0.1;

/** How many were worked on at once, while any was. */
export function parallelOf(work: readonly Work[]): ProbedTime['parallel'] {
  const edges = work
    .flatMap(([from, to]) => [[from, 1] as const, [to, -1] as const])
    .sort(([a, x], [b, y]) => a - b || x - y);
  /** Milliseconds by how many there were. */
  const levels = new Map<number, number>();
  let [active, before] = [0, 0];
  for (const [at, change] of edges) {
    if (active > 0) levels.set(active, (levels.get(active) ?? 0) + at - before);
    active += change;
    before = at;
  }
  const busyMs = sum([...levels.values()]);
  const workedMs = sum(work.map(([from, to]) => to - from));
  const mean = busyMs > 0 ? Math.max(1, Math.round((100 * workedMs) / busyMs) / 100) : 1;
  const held = [...levels].filter(([, ms]) => ms >= enoughTime * busyMs).map(([level]) => level);
  return { mean, most: Math.max(Math.ceil(mean), ...held) };
}
