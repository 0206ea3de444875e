import type { ListedRun, RunCounts } from '@millrace/runner';

/** A run as programs read it; times are ISO 8601. */
export interface RunJson {
  readonly id: string;
  readonly workflow: string;
  readonly file: string;
  readonly status: ListedRun['status'];
  readonly due?: string;
  readonly started_at: string;
  readonly ended_at?: string;
  readonly counts: RunCounts;
}

/** What `runs --format json` says of a run. */
export const runJson = ({ id, workflow, file, status, due, startedAt, endedAt, counts }: ListedRun): RunJson => ({
  id,
  workflow,
  file,
  status,
  ...(due !== undefined && { due: isoTime(due) }),
  started_at: isoTime(startedAt),
  ...(endedAt !== undefined && { ended_at: isoTime(endedAt) }),
  counts,
});

/** `2026-11-23T02:03:04.000Z` */
export const isoTime = (at: number): string => new Date(at).toISOString();
