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

/** The `schedule` of a checked file. */
export function assembleSchedule(schedule: YamlMap): Schedule {
  const { run, within } = mapIn(schedule.missed) ?? {};
  return {
    when:
      typeof schedule.cron === 'string'
        ? { cron: schedule.cron.trim() }
        : { everyMs: parseDuration(schedule.every) as number },
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

/** Where the results of each reduce go: where `save.over` says, else beside `save.to`. */
export function assembleSaveOver({ to, over }: YamlMap, reduces: readonly string[]): Workflow['save']['over'] {
  const beside = typeof to === 'string' && to !== '-' ? to.replace(/\.[^./\\]+$/, '') : undefined;
  const byDefault = beside === undefined ? [] : reduces.map((id) => [id, `${beside}.${id}.jsonl`] as const);
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
