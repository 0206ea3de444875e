import { createHash } from 'node:crypto';
import type { Schedule } from '@millrace/schema';
import { nextDue } from '../times/due-times.ts';

/**
 * When a run that is due starts: put off by up to `jitter`, and always before the schedule is due again.
 *
 * The same schedule and due time give the same start, after a restart too.
 *
 * @param name What tells the schedule from others, such as the path of its file: they start apart from each other.
 */
export function startTime(schedule: Schedule, name: string, due: number): number {
  if (schedule.jitterMs === 0) return due;
  const next = nextDue(schedule, due) ?? Number.POSITIVE_INFINITY;
  return due + Math.floor(fraction(`${due} ${name}`) * Math.min(schedule.jitterMs + 1, next - due));
}

/** A number from 0 to 1, exclusive, that is as good as drawn, and always the same for the same text. */
const fraction = (text: string): number => createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;
