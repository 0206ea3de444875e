import { describe, expect, test } from '@jest/globals';
import { check, withColumns } from './support/check.ts';
import { cpuTimer } from './support/cpu-time.ts';

const surroundings = withColumns({ text: 'string', stars: 'double' });

const head = 'model: m\neach: { from: rows.csv }\nsteps:\n';

const steps = (count: number, step: (index: number) => string): string =>
  head + Array.from({ length: count }, (_, index) => step(index)).join('');

/** Milliseconds of processor time, the median of some checks, after the first ones have let the engine compile what is used. */
async function median(text: string, times = 15): Promise<number> {
  const taken: number[] = [];
  for (let time = 0; time < times / 2; time++) await check(text, surroundings);
  for (let time = 0; time < times; time++) {
    const elapsed = cpuTimer();
    await check(text, surroundings);
    taken.push(elapsed());
  }
  return taken.sort((a, b) => a - b)[Math.floor(times / 2)] as number;
}

const chained = (count: number): string =>
  steps(
    count,
    (at) => `  s${at}:
    when: \${row.stars > 2}
    generate: "Say \${row.text} and \${${at === 0 ? 'row.stars' : `s${at - 1}.mood`}}"
    returns: { mood: good | bad, score: number }
    options: { temperature: 0 }
`,
  );

// In milliseconds it stands in the bench: `npm run bench -- start`.
test('five times the steps that read each other are checked in about five times the time', async () => {
  expect((await check(chained(500), surroundings)).diagnostics).toEqual([]);
  const few = await median(chained(100));
  expect(await median(chained(500))).toBeLessThanOrEqual(15 * few);
}, 60_000);

describe('a large workflow is checked within two seconds, or refused', () => {
  test.each<[string, string]>([
    [
      'a chain of thousands of values',
      steps(2000, (at) => `  s${at}: { set: "\${${at === 0 ? 1 : `s${at - 1} + 1`}}" }\n`),
    ],
    [
      'values whose types grow',
      steps(60, (at) => `  s${at}: { set: { a: "\${${at === 0 ? 'row.text' : `s${at - 1}`}}" } }\n`),
    ],
    [
      'values whose types double',
      steps(40, (at) => {
        const before = at === 0 ? 'row.text' : `s${at - 1}`;
        return `  s${at}: { set: { a: "\${${before}}", b: "\${${before}}" } }\n`;
      }),
    ],
    [
      'every step with names of its own',
      steps(
        500,
        (at) => `  s${at}: { for: "\${row.text.split('')}", generate: "\${item} \${previous == null}",
    ensure: "\${s${at} != item}", repeat: { until: "\${s${at} != ''}" }, on_error: { use: [] } }\n`,
      ),
    ],
    [
      'a thousand reduces',
      `${steps(1, () => '  one: { generate: "${row.text}" }\n')}${steps(1000, (at) => `  s${at}: { over: one, group_by: "\${row.text}", generate: "\${items}" }\n`).slice(head.length)}`,
    ],
    [
      'a talk of a thousand turns',
      `${head}  s0: { chat: [{ user: "\${row.text}" }] }\n${steps(1000, (at) => `  s${at + 1}: { chat: [{ user: Go on. }], continue: s${at} }\n`).slice(head.length)}`,
    ],
    ['thousands of steps in a circle', steps(2000, (at) => `  s${at}: { set: "\${s${(at + 1) % 2000}}" }\n`)],
    ['a thousand misspelt keys', steps(1000, (at) => `  s${at}: { generat: hi, retrys: 2, ovr: s1 }\n`)],
    ['a thousand misspelt steps', steps(1000, (at) => `  s${at}: { over: step_${at}, set: 1 }\n`)],
    ['a list of thousands of items', steps(1, () => `  a: { for: [${'1,'.repeat(20_000)}1], set: "\${item}" }\n`)],
    [
      'an expression with a huge list',
      steps(1, () => `  a: { for: "\${[${'1,'.repeat(2400)}1]}", set: "\${item}" }\n`),
    ],
    ['a long text', steps(1, () => `  a: { generate: "${'word '.repeat(45_000)} \${row.text}" }\n`)],
  ])(
    '%s',
    async (_, text) => {
      await check(text, surroundings);
      expect(await median(text, 3)).toBeLessThanOrEqual(2000);
    },
    60_000,
  );
});
