import { describe, expect, test } from '@jest/globals';
import { decideOverlap, isPausedByFailures, missedTimes, type RunResult, startTime } from '@millrace/server';
import { cron, every, written } from './support/schedule.ts';

const hour = 3_600_000;
const day = 24 * hour;
const at = (text: string): number => Date.parse(text);

describe('missed', () => {
  const last = at('2027-01-01T02:00Z');
  const now = at('2027-01-04T06:00Z');
  const missed = (run: 'none' | 'once' | 'all', withinMs?: number) => {
    const one = cron('0 2 * * *', { zone: 'UTC', missed: { run, ...(withinMs !== undefined && { withinMs }) } });
    return written(missedTimes(one, last, now));
  };

  test('none makes up for nothing', () => expect(missed('none')).toEqual([]));

  test('once makes up for the latest', () => expect(missed('once')).toEqual(['2027-01-04T02:00:00.000Z']));

  test('all makes up for each, the oldest first', () =>
    expect(missed('all')).toEqual([
      '2027-01-02T02:00:00.000Z',
      '2027-01-03T02:00:00.000Z',
      '2027-01-04T02:00:00.000Z',
    ]));

  test('within leaves out what is longer ago, and keeps what is exactly as long ago', () => {
    expect(missed('all', 4 * hour)).toEqual(['2027-01-04T02:00:00.000Z']);
    expect(missed('all', 4 * hour - 1)).toEqual([]);
    expect(missed('once', 4 * hour)).toEqual(['2027-01-04T02:00:00.000Z']);
    expect(missed('once', 4 * hour - 1)).toEqual([]);
  });

  test('a schedule that is new, or whose clock was put back, has missed nothing', () => {
    const one = cron('* * * * *', { missed: { run: 'all' } });
    expect([...missedTimes(one, undefined, now)]).toEqual([]);
    expect([...missedTimes(one, now, now - hour)]).toEqual([]);
    expect([...missedTimes(one, now, now)]).toEqual([]);
  });

  test('the latest of ten years of seconds is found without counting them', () => {
    const one = every(1000, { zone: 'UTC', missed: { run: 'once' } });
    const began = performance.now();
    expect([...missedTimes(one, now - 3650 * day, now)]).toEqual([now - 1000]);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('all of ten years of seconds can be taken one by one', () => {
    const one = cron('* * * * * *', { zone: 'UTC', missed: { run: 'all' } });
    const first: number[] = [];
    for (const time of missedTimes(one, now - 3650 * day, now)) if (first.push(time) === 3) break;
    expect(first).toEqual([1, 2, 3].map((count) => now - 3650 * day + count * 1000));
  });
});

describe('overlap', () => {
  const words = ['skip', 'queue', 'replace', 'allow'] as const;

  test.each(words)('%s starts where nothing is there', (overlap) => {
    expect(decideOverlap(overlap, { running: 0, queued: 0 })).toBe('start');
  });

  test.each([
    { running: 1, queued: 0 },
    { running: 0, queued: 1 },
    { running: 2, queued: 3 },
  ])('each word decides beside %j', (runs) => {
    expect(words.map((overlap) => decideOverlap(overlap, runs))).toEqual(['skip', 'queue', 'replace', 'start']);
  });
});

describe('jitter', () => {
  const one = every(hour, { zone: 'UTC', jitterMs: 10 * 60_000 });
  const times = Array.from({ length: 500 }, (_, index) => at('2027-01-01T00:00Z') + index * hour);
  const delays = (name: string, schedule = one) => times.map((due) => startTime(schedule, name, due) - due);

  test('none is no delay', () => expect(new Set(delays('a', every(hour)))).toEqual(new Set([0])));

  test('is the same for the same schedule and time, and another one for others', () => {
    const [own, other] = [delays('a.yaml'), delays('b.yaml')];
    expect(delays('a.yaml')).toEqual(own);
    expect(own.filter((delay, index) => delay === other[index]).length).toBeLessThan(5);
    expect(new Set(own).size).toBeGreaterThan(490);
  });

  test('spreads over all of its time and stays within it', () => {
    const all = delays('a.yaml');
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThanOrEqual(10 * 60_000);
    const mean = all.reduce((sum, delay) => sum + delay, 0) / all.length;
    expect(Math.abs(mean - 5 * 60_000)).toBeLessThan(60_000);
  });

  test('of a millisecond can be that millisecond', () => {
    expect(new Set(delays('a.yaml', every(hour, { jitterMs: 1 })))).toEqual(new Set([0, 1]));
  });

  test('never reaches the next due time, also where a clock brings it nearer', () => {
    const long = every(1000, { zone: 'UTC', jitterMs: day });
    for (const due of times) expect(startTime(long, 'a.yaml', due)).toBeLessThan(due + 1000);
    const nightly = cron('0 2 * * *', { zone: 'Europe/Berlin', jitterMs: 24 * day });
    const before = at('2027-03-27T01:00Z');
    for (let count = 0; count < 200; count++) {
      const start = startTime(nightly, `${count}.yaml`, before);
      expect(start).toBeGreaterThanOrEqual(before);
      expect(start).toBeLessThan(at('2027-03-28T01:00Z'));
    }
  });

  test('puts off the last time of a schedule too', () => {
    const ending = every(hour, { zone: 'UTC', jitterMs: hour, end: '2027-01-01' });
    const start = startTime(ending, 'a.yaml', at('2027-01-01T00:00Z'));
    expect(start).toBeGreaterThan(at('2027-01-01T00:00Z'));
    expect(start).toBeLessThanOrEqual(at('2027-01-01T01:00Z'));
  });
});

describe('pause_on_failure', () => {
  const cases: readonly (readonly [RunResult[], boolean])[] = [
    [[], false],
    [['failed', 'failed'], false],
    [['failed', 'failed', 'failed'], true],
    [['ok', 'failed', 'failed', 'failed'], true],
    [['failed', 'failed', 'failed', 'ok'], false],
    [['failed', 'ok', 'failed', 'failed'], false],
    [['failed', 'stopped', 'failed', 'stopped', 'failed', 'stopped'], true],
    [['stopped', 'stopped', 'stopped'], false],
  ];

  test.each(cases)('3 after %j: %j', (results, isPaused) => {
    expect(isPausedByFailures({ pauseOnFailure: 3 }, results)).toBe(isPaused);
  });

  test('one failure is enough for 1, and none ever is without it', () => {
    expect(isPausedByFailures({ pauseOnFailure: 1 }, ['ok', 'failed'])).toBe(true);
    expect(
      isPausedByFailures(
        {},
        Array.from({ length: 100 }, () => 'failed' as const),
      ),
    ).toBe(false);
  });
});
