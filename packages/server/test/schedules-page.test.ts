import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { builtInKinds } from '@millrace/runner';
import { composeSchema, type JsonSchema } from '@millrace/schema';
import { dueTimes } from '@millrace/server';
import { oracleOffset, oracleSpells } from './support/oracle-spells.ts';
import { cron, every, written } from './support/schedule.ts';

const page = readFileSync(new URL('../../../docs/schedules.md', import.meta.url), 'utf8');
const day = 86_400_000;

/** The rows of the table whose header begins with a cell, as their cells. */
function tableOf(header: string): readonly (readonly string[])[] {
  const [, behind = ''] = page.split(new RegExp(`^\\| ${header} .*\\n\\|[- |]*\\n`, 'm'));
  const [table = ''] = behind.split('\n\n');
  const rows = table.split('\n').filter((row) => row.startsWith('|'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What stands in backquotes in a cell. */
const codes = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);

const scheduleOf = (text: string, zone: string) =>
  text.startsWith('every: ') ? every(Number.parseInt(text.slice(7), 10) * 3_600_000, { zone }) : cron(text, { zone });

describe('where clocks are changed', () => {
  const rows = tableOf('schedule').map(([schedule, zone, date, clocks, due]) => ({
    schedule: codes(schedule)[0] as string,
    zone: zone as string,
    date: date as string,
    clocks: codes(clocks)[0] as string,
    due: codes(due),
  }));

  test('the page has a table', () => expect(rows.length).toBeGreaterThan(20));

  test.each(rows)('$schedule in $zone on $date is due at $due', ({ schedule, zone, date, due }) => {
    const [from, to] = around(date);
    const found = [...dueTimes(scheduleOf(schedule, zone), from, to)].map((time) => shown(zone, time));
    expect(found.filter((time) => time.startsWith(`${date} `)).map((time) => time.slice(11))).toEqual(due);
  });

  test.each(rows)('the clocks of $zone go $clocks on $date', ({ zone, date, clocks }) => {
    const [from, to] = around(date);
    const changes = oracleSpells(zone, from, to, 3_600_000)
      .slice(1)
      .map(({ start, offset }) => [start + oracleOffset(zone)(start - 1), start + offset] as const)
      .filter((walls) => walls.some((wall) => wallOf(wall).startsWith(date)));
    expect(changes.map((walls) => walls.map((wall) => wallOf(wall).slice(11, 16)).join(' → '))).toEqual([clocks]);
  });

  /** All instants at which a clock may show a date. */
  const around = (date: string) => [Date.parse(date) - day, Date.parse(date) + 2 * day] as const;
});

const wallOf = (wall: number): string => new Date(wall).toISOString().slice(0, 19).replace('T', ' ');

/** What a clock shows at an instant, with its distance from UTC; seconds only where there are any. */
function shown(zone: string, time: number): string {
  const offset = oracleOffset(zone)(time);
  const distance = new Date(Math.abs(offset)).toISOString().slice(11, 16);
  return `${wallOf(time + offset).replace(/:00$/, '')}${offset < 0 ? '-' : '+'}${distance}`;
}

describe('cron lines', () => {
  const rows = tableOf('line').map(([line, , times]) => ({ line: codes(line)[0] as string, times: codes(times) }));

  test('the page has a table', () => expect(rows.length).toBeGreaterThan(15));

  test.each(rows)('$line is due at $times', ({ line, times }) => {
    const found: string[] = [];
    for (const due of dueTimes(cron(line, { zone: 'UTC' }), Date.UTC(2027, 0, 1), Date.UTC(2028, 0, 1))) {
      if (found.push(...written([due])) === times.length) break;
    }
    expect(found.map((time) => time.slice(5, 19).replace('T', ' ').replace(/:00$/, ''))).toEqual(times);
  });

  test.each(tableOf('line').filter(([line]) => line?.startsWith('`@')))(
    '%s is due when what it stands for is',
    (nickname, meaning) => {
      const [own, ...others] = [nickname, meaning].flatMap(codes);
      const timesOf = (line = '') => [
        ...dueTimes(cron(line, { zone: 'UTC' }), Date.UTC(2027, 0, 1), Date.UTC(2027, 1, 1)),
      ];
      for (const other of others) expect(timesOf(other)).toEqual(timesOf(own));
      expect(others.length).toBeGreaterThan(0);
    },
  );
});

test('the page names every key of a schedule, and each word that one may have', () => {
  const { schedule } = composeSchema(builtInKinds).properties as Readonly<Record<string, JsonSchema>>;
  const wordsOf = (schema: unknown): string[] => {
    if (typeof schema !== 'object' || schema === null) return [];
    return Object.entries(schema).flatMap(([keyword, inner]) => {
      if (keyword === 'properties')
        return [...Object.keys(inner as object), ...wordsOf(Object.values(inner as object))];
      if (keyword === 'enum') return inner as string[];
      return keyword === 'examples' ? [] : wordsOf(inner);
    });
  };
  const words = wordsOf(schedule);
  expect(words).toEqual(expect.arrayContaining(['cron', 'settle', 'within', 'replace', 'pause_on_failure']));
  const blocks = /^```.*?^```/gms;
  const inCode = [...(page.match(blocks) ?? []), ...codes(page.replaceAll(blocks, ''))].join(' ');
  expect(words.filter((word) => !new RegExp(`\\b${word}\\b`).test(inCode))).toEqual([]);
});
