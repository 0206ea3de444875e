import type { JournalCounts } from '@millrace/runner';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Daemon, DueState } from '../daemon/daemon.ts';
import { countFailing } from './is-failing.ts';
import type { JournalAccess } from './journal-access.ts';
import { dueStates } from './schemas/workflows.ts';

/** Figures of a server. */
export interface Metrics {
  /** A request was answered. @param route As it is written in the API, so that there are few of them. */
  answered(
    request: { readonly method: string; readonly route: string; readonly status: number },
    seconds: number,
  ): void;
  /** All figures, as they are now. */
  read(): Promise<{ readonly type: string; readonly text: string }>;
  /** Lets go of what it measures. */
  close(): void;
}

/** Of each schedule: the others are history. */
const maxDues = 1_000;

/** Whoever watches wants to know of blocks that somebody feels, and a laptop is not to be woken a hundred times a second. */
const lagPrecisionMs = 100;

/** Gathers figures when they are asked for. */
export function createMetrics(daemon: Daemon, journal: JournalAccess): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lagPrecisionMs });
  const runs = new Gauge({ name: 'millrace_runs', help: 'Runs in the journal.', labelNames: ['state'], registers });
  const rows = new Gauge({
    name: 'millrace_rows',
    help: 'Rows that ended, of the runs in the journal.',
    labelNames: ['status'],
    registers,
  });
  const failing = new Gauge({
    name: 'millrace_schedules_failing',
    help: 'Schedules whose last run failed, or that are paused by failures.',
    registers,
  });
  const dues = new Gauge({
    name: 'millrace_dues',
    help: `Times at which schedules were due: the last ${maxDues} of each.`,
    labelNames: ['state'],
    registers,
  });
  const requests = new Histogram({
    name: 'millrace_http_request_seconds',
    help: 'How long requests took; streams count until they ended.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  return {
    answered: ({ method, route, status }, seconds) => requests.observe({ method, route, status }, seconds),
    read: async () => {
      const counts = await journal.read((reader) => reader.counts(Date.now()));
      for (const [state, count] of Object.entries((counts ?? nothing).runs)) runs.set({ state }, count);
      for (const [status, count] of Object.entries((counts ?? nothing).rows)) rows.set({ status }, count);
      failing.set(countFailing(daemon));
      for (const [state, count] of Object.entries(countDues(daemon))) dues.set({ state }, count);
      return { type: registry.contentType, text: await registry.metrics() };
    },
    close: () => registry.clear(),
  };
}

const nothing: JournalCounts = {
  runs: { running: 0, done: 0, stopped: 0, interrupted: 0 },
  rows: { ok: 0, degraded: 0, failed: 0, skipped: 0 },
};

function countDues(daemon: Daemon): Record<DueState, number> {
  const counts = Object.fromEntries(dueStates.map((state) => [state, 0])) as Record<DueState, number>;
  for (const { id, schedule } of daemon.workflows()) {
    if (!schedule) continue;
    for (const { state } of daemon.dues(id, maxDues)) counts[state] += 1;
  }
  return counts;
}
