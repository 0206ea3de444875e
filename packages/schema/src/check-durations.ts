import type { Findings } from './findings.ts';
import type { ShapedStep } from './shape/check-step.ts';
import { parseDuration } from './shape/duration.ts';
import type { YamlPath } from './source/yaml-path.ts';
import { mapIn, type YamlMap } from './yaml-map.ts';

const day = 86_400_000;

/** Timers count no further: 2³¹ − 1 milliseconds. */
const timer = { days: 24, hint: 'Leave the key out for no limit.' };
const pause = { days: 24, hint: '' };
const calendar = { days: 3650, hint: '' };

/** Refuses times that are longer than anything could count. */
export function checkDurations(value: YamlMap, steps: readonly ShapedStep[], findings: Findings): void {
  const limits = mapIn(value.limits) ?? {};
  const schedule = mapIn(value.schedule) ?? {};
  const places: readonly (readonly [YamlPath, unknown, typeof timer])[] = [
    [['limits', 'idle'], limits.idle, timer],
    [['limits', 'total'], limits.total, timer],
    [['schedule', 'every'], schedule.every, calendar],
    [['schedule', 'missed', 'within'], mapIn(schedule.missed)?.within, calendar],
    [['schedule', 'jitter'], schedule.jitter, pause],
    [['schedule', 'watch', 'settle'], mapIn(schedule.watch)?.settle, pause],
    ...steps.flatMap(({ id, value: step }) =>
      (['idle', 'total'] as const).map((key) => [['steps', id, key], step[key], timer] as const),
    ),
  ];
  for (const [path, written, { days, hint }] of places) {
    const time = parseDuration(written);
    if (time === undefined || time <= days * day) continue;
    const message = `This must be at most ${days} days, and is \`${shorten(String(written))}\`.`;
    findings.add(path, 'value', { code: 'VALUE_INVALID', message, hint });
  }
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
