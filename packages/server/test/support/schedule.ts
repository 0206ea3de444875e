import type { Schedule } from '@millrace/schema';

/** A schedule with the defaults of the language. */
export const schedule = (settings: Partial<Schedule> & Pick<Schedule, 'when'>): Schedule => ({
  overlap: 'skip',
  missed: { run: 'none' },
  jitterMs: 0,
  ...settings,
});

export const cron = (line: string, settings: Partial<Schedule> = {}): Schedule =>
  schedule({ when: { cron: line }, ...settings });

export const every = (everyMs: number, settings: Partial<Schedule> = {}): Schedule =>
  schedule({ when: { everyMs }, ...settings });

/** Times as ISO 8601 in UTC, for reading. */
export const written = (times: Iterable<number>): string[] => [...times].map((time) => new Date(time).toISOString());
