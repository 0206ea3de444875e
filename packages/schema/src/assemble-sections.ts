import { fileBeside } from './save/file-beside.ts';
import { parseDuration } from './shape/duration.ts';
import type { Limits, Schedule, Workflow } from './workflow.ts';
import { mapIn, textIn, type YamlMap } from './yaml-map.ts';

const periods: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000 };

/** The `limits` of a checked file. */
export function assembleLimits({ parallel, rate, errors, idle, total }: YamlMap): Limits {
  const [calls, period] = typeof rate === 'string' ? rate.split('/') : [];
  return {
    parallel: (parallel ?? 'auto') as Limits['parallel'],
    ...(calls !== undefined && { rate: { calls: Number(calls), perMs: periods[period ?? ''] ?? 1000 } }),
    ...(errors !== undefined && { errors: errorLimit(errors) }),
    ...milliseconds('idleMs', idle),
    ...milliseconds('totalMs', total),
  };
}

const errorLimit = (errors: unknown): NonNullable<Limits['errors']> =>
  typeof errors === 'number' ? { rows: errors } : { share: Number.parseFloat(String(errors)) / 100 };

/**
 * The `schedule` of a checked file.
 *
 * @param from What `each` reads, which is watched where the file names nothing else.
 */
export function assembleSchedule(schedule: YamlMap, from: string | undefined): Schedule {
  const { run, within } = mapIn(schedule.missed) ?? {};
  return {
    when: assembleWhen(schedule, from),
    ...text('zone', schedule.zone),
    overlap: (schedule.overlap ?? 'skip') as Schedule['overlap'],
    missed: { run: (run ?? 'none') as Schedule['missed']['run'], ...milliseconds('withinMs', within) },
    jitterMs: parseDuration(schedule.jitter) ?? 0,
    ...text('start', schedule.start),
    ...text('end', schedule.end),
    ...(typeof schedule.pause_on_failure === 'number' && { pauseOnFailure: schedule.pause_on_failure }),
    ...(mapIn(schedule.keep) && { keep: schedule.keep as NonNullable<Schedule['keep']> }),
  };
}

/** How long a file must have been left alone before a run starts. */
const settleMs = 2000;

function assembleWhen({ cron, every, watch }: YamlMap, from: string | undefined): Schedule['when'] {
  if (typeof cron === 'string') return { cron: cron.trim() };
  if (watch === undefined) return { everyMs: parseDuration(every) as number };
  const { paths, settle } = mapIn(watch) ?? {};
  return {
    watch: { paths: (paths ?? [from]) as readonly string[], settleMs: parseDuration(settle) ?? settleMs },
  };
}

/** Where the results of each reduce go: where `save.over` says, else beside `save.to`. */
export function assembleSaveOver({ to, over }: YamlMap, reduces: readonly string[]): Workflow['save']['over'] {
  const beside = (id: string): string | undefined => (typeof to === 'string' ? fileBeside(to, id) : undefined);
  const byDefault = reduces.flatMap((id) => {
    const file = beside(id);
    return file === undefined ? [] : [[id, file] as const];
  });
  return { ...Object.fromEntries(byDefault), ...(mapIn(over) as Readonly<Record<string, string>> | undefined) };
}

function milliseconds<Key extends string>(key: Key, value: unknown): { [name in Key]?: number } {
  const time = parseDuration(value);
  return (time === undefined ? {} : { [key]: time }) as { [name in Key]?: number };
}

function text<Key extends string>(key: Key, value: unknown): { [name in Key]?: string } {
  const written = textIn(value);
  return (written === undefined ? {} : { [key]: written }) as { [name in Key]?: string };
}
