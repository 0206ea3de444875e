import { describe, expect, test } from '@jest/globals';
import { dueTimes, nextDue } from '@millrace/server';
import { cron, every, schedule, written } from './support/schedule.ts';

const minute = 60_000;
const hour = 60 * minute;
const at = (text: string): number => Date.parse(text);
const between = (one: ReturnType<typeof cron>, from: string, to: string): string[] =>
  written(dueTimes(one, at(from), at(to)));

describe('the stretch', () => {
  test('includes its begin and not its end', () => {
    expect(between(cron('0 * * * *', { zone: 'UTC' }), '2027-01-01T01:00Z', '2027-01-01T03:00Z')).toEqual([
      '2027-01-01T01:00:00.000Z',
      '2027-01-01T02:00:00.000Z',
    ]);
  });

  test('is empty where it ends before it begins', () => {
    expect(between(cron('* * * * *'), '2027-01-02T00:00Z', '2027-01-01T00:00Z')).toEqual([]);
    expect(between(every(minute), '2027-01-02T00:00Z', '2027-01-01T00:00Z')).toEqual([]);
  });
});

describe('nextDue', () => {
  test('is after the instant, never at it', () => {
    const daily = cron('@daily', { zone: 'UTC' });
    expect(nextDue(daily, at('2027-01-01T00:00Z') - 1)).toBe(at('2027-01-01T00:00Z'));
    expect(nextDue(daily, at('2027-01-01T00:00Z'))).toBe(at('2027-01-02T00:00Z'));
    expect(nextDue(daily, at('2027-01-01T00:00Z') + 0.5)).toBe(at('2027-01-02T00:00Z'));
  });

  test('finds a leap day eight years on', () => {
    expect(nextDue(cron('0 12 29 2 *', { zone: 'UTC' }), at('2096-03-01T00:00Z'))).toBe(at('2104-02-29T12:00Z'));
  });

  test('takes no longer for a line of each second, of a leap day, or of no day at all than for others', () => {
    for (const line of ['* * * * * *', '* 30 2 * * *', '0 0 29 2 *', '0 0 30 2 *', '0 9 LW * *', '0 0 13 * +fri']) {
      const one = cron(line, { zone: 'Europe/Berlin' });
      const began = process.cpuUsage();
      for (let index = 0; index < 50; index++) nextDue(one, at('2027-03-01T00:00Z') + index * hour);
      const { user, system } = process.cpuUsage(began);
      // A millisecond or two each as a rule; walking through all times of a day would take hundreds.
      expect((user + system) / 1000 / 50).toBeLessThan(15);
    }
  });

  test('knows no time of a schedule that has ended, of a day that never comes, and of files that are watched', () => {
    const now = at('2027-01-01T00:00Z');
    expect(nextDue(cron('@daily', { zone: 'UTC', end: '2027-01-01' }), now)).toBeUndefined();
    expect(nextDue(cron('0 0 30 2 *', { zone: 'UTC' }), now)).toBeUndefined();
    expect(nextDue(schedule({ when: { watch: { paths: ['inbox'], settleMs: 0 } } }), now)).toBeUndefined();
  });

  test('takes the zone of the machine where none is written', () => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const now = at('2027-01-01T00:00Z');
    expect(nextDue(cron('0 7 * * *'), now)).toBe(nextDue(cron('0 7 * * *', { zone: timeZone }), now));
  });
});

describe('every', () => {
  test('counts from the Monday of 2024-01-01 in the zone', () => {
    expect(between(every(6 * hour, { zone: 'Asia/Kathmandu' }), '2024-01-01T00:00Z', '2024-01-02T00:00Z')).toEqual([
      '2024-01-01T00:15:00.000Z',
      '2024-01-01T06:15:00.000Z',
      '2024-01-01T12:15:00.000Z',
      '2024-01-01T18:15:00.000Z',
    ]);
  });

  test('counts from `start`, which is its first time', () => {
    const one = every(7 * hour, { zone: 'Europe/Berlin', start: '2027-03-27T20:00' });
    expect(between(one, '2027-01-01T00:00Z', '2027-03-28T12:00Z')).toEqual([
      '2027-03-27T19:00:00.000Z',
      '2027-03-28T02:00:00.000Z',
      '2027-03-28T09:00:00.000Z',
    ]);
  });

  test('keeps the same distance where clocks are changed', () => {
    const times = [...dueTimes(every(90 * minute, { zone: 'Europe/Berlin' }), at('2027-03-01'), at('2027-11-30'))];
    expect(new Set(times.slice(1).map((time, index) => time - (times[index] as number)))).toEqual(
      new Set([90 * minute]),
    );
  });

  test('has the same times before its origin as behind it', () => {
    const times = written(
      dueTimes(every(12 * hour, { zone: 'UTC' }), at('2023-12-31T06:00Z'), at('2024-01-01T18:00Z')),
    );
    expect(times).toEqual(['2023-12-31T12:00:00.000Z', '2024-01-01T00:00:00.000Z', '2024-01-01T12:00:00.000Z']);
  });
});

describe('start and end', () => {
  test('are due themselves where the line says so', () => {
    const one = cron('0 9 * * *', { zone: 'Asia/Tokyo', start: '2027-01-02T09:00', end: '2027-01-04T09:00' });
    expect(between(one, '2026-12-01T00:00Z', '2027-12-01T00:00Z')).toEqual([
      '2027-01-02T00:00:00.000Z',
      '2027-01-03T00:00:00.000Z',
      '2027-01-04T00:00:00.000Z',
    ]);
  });

  test('as dates are the midnights with which they begin', () => {
    const one = cron('0 */12 * * *', { zone: 'Asia/Tokyo', start: '2027-01-02', end: '2027-01-03' });
    expect(between(one, '2026-12-01T00:00Z', '2027-12-01T00:00Z')).toEqual([
      '2027-01-01T15:00:00.000Z',
      '2027-01-02T03:00:00.000Z',
      '2027-01-02T15:00:00.000Z',
    ]);
  });

  test('with `Z` or an offset are instants in any zone', () => {
    const one = cron('0 * * * *', {
      zone: 'Asia/Tokyo',
      start: '2027-01-01T10:30+01:00',
      end: '2027-01-01T11:00:00.000Z',
    });
    expect(between(one, '2026-12-31T00:00Z', '2027-01-02T00:00Z')).toEqual([
      '2027-01-01T10:00:00.000Z',
      '2027-01-01T11:00:00.000Z',
    ]);
  });

  test('that no clock shows are the moment of the change, and those shown twice are the first', () => {
    const skipped = every(hour, { zone: 'Europe/Berlin', start: '2027-03-28T02:30' });
    expect(nextDue(skipped, 0)).toBe(at('2027-03-28T01:00Z'));
    const twice = every(hour, { zone: 'Europe/Berlin', start: '2027-10-31T02:30' });
    expect(nextDue(twice, 0)).toBe(at('2027-10-31T00:30Z'));
  });
});
