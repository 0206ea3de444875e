import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { type Conformance, differenceOf, sections } from './simple-test.ts';

interface Differences {
  /** By section, why none of it is run. */
  readonly notRun: Readonly<Record<string, string>>;
  /** By reason, the tests that give something else here; `lists/index/*` is all of a group. */
  readonly differences: Readonly<Record<string, readonly string[]>>;
}

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
const { notRun, differences } = JSON.parse(read('differences.json')) as Differences;
const page = read('../../../../docs/decisions/2026-11-23-cel-conformance.md');

const listed = new Map(Object.entries(differences).flatMap(([reason, ids]) => ids.map((id) => [id, reason] as const)));
const groupOf = (id: string): string => `${id.split('/', 2).join('/')}/*`;
const isListed = ({ id }: Conformance): boolean => listed.has(id) || listed.has(groupOf(id));
const run = [...sections].filter(([name]) => !(name in notRun));

describe('expressions give what CEL gives, but for the listed differences', () => {
  test.each(run)('%s', (name, tests) => {
    const found = tests.map((one) => ({ ...one, difference: differenceOf(one), listed: isListed(one) }));
    const unlisted = found.filter((one) => one.difference !== undefined && !one.listed);
    expect(unlisted.map(({ id, test: { expr }, difference }) => ({ id, expr, difference }))).toEqual([]);
    const gone = found.filter((one) => one.difference === undefined && one.listed);
    expect(gone.map(({ id }) => id)).toEqual([]);

    const same = found.filter((one) => one.difference === undefined).length;
    process.stdout.write(`CEL ${name}: ${same} of ${tests.length} as in the data\n`);
    expect(page).toContain(`| \`${name}\` | ${tests.length} | ${same} |`);
  });
});

test('each listed difference is one of a test that there is, and stands there once', () => {
  const known = new Set(run.flatMap(([, tests]) => tests.flatMap(({ id }) => [id, groupOf(id)])));
  const ids = Object.values(differences).flat();
  expect(ids.filter((id) => !known.has(id))).toEqual([]);
  expect(ids.length).toBe(listed.size);
  expect(ids.filter((id) => !id.endsWith('/*') && listed.has(groupOf(id)))).toEqual([]);
});

test('each section is run, or left out for a reason', () => {
  expect(Object.keys(notRun).filter((name) => !sections.has(name))).toEqual([]);
  for (const [name, reason] of Object.entries(notRun)) expect(page).toContain(`| \`${name}\` | ${reason} |`);
});

test('the page of the decision has each reason with its number of tests', () => {
  for (const [reason, ids] of Object.entries(differences)) {
    const tests = run.flatMap(([, all]) => all.filter(({ id }) => ids.includes(id) || ids.includes(groupOf(id))));
    expect(page).toContain(`| ${reason} | ${tests.length} |`);
  }
});
