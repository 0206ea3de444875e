import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { diagnosticCodes } from '@millrace/schema';
import fc from 'fast-check';
import { check } from './support/check.ts';
import { cpuTimer } from './support/cpu-time.ts';
import { fixtures } from './support/fixtures.ts';
import { runs } from './support/runs.ts';

const seeds = [...fixtures('valid'), ...fixtures('invalid')].map(({ bytes, surroundings }) => ({
  text: new TextDecoder().decode(bytes),
  surroundings,
}));

/** What a slip of the hand may put in, and what somebody with bad intentions would. */
const inserted = fc.oneof(
  fc.constantFrom(
    '${',
    '}',
    '"',
    "'",
    '\n',
    ' ',
    '\t',
    ':',
    ': ',
    '- ',
    '#',
    '|',
    '>',
    '&a ',
    '*a',
    '!x ',
    '?',
    '[',
    ']',
    '{',
    '}',
    ',',
    '\\',
    '$',
    '%',
    '@',
    '`',
    '\r',
    '\0',
    '\u2028',
    '\ufeff',
    '😀',
    '\ud800',
    '---\n',
    '...\n',
    '<<: ',
  ),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'null',
    'true',
    '0',
    '1e999',
    '-1',
    'row',
    'inputs',
    'steps',
    'secrets.A',
    'item',
    'items',
    'group',
    'previous',
    'for: ',
    'over: ',
    'repeat: { until: "${',
    'on_error: { use: ',
    '@daily',
    '5m',
    '${row.',
    '${{}}',
    '${[',
    '$${',
    '{{row.x}}',
    '()',
    '==',
    '&&',
    '.map(x, x)',
    'default(',
    'string?',
    ' | ',
    '[]',
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

type Mutation = (text: string) => string;

const onCharacters = fc.oneof(
  fc.tuple(place, fc.integer({ min: 1, max: 8 })).map(
    ([at, length]): Mutation =>
      (text) =>
        cut(text, at, length, ''),
  ),
  fc.tuple(place, inserted).map(
    ([at, part]): Mutation =>
      (text) =>
        cut(text, at, 0, part),
  ),
  fc.tuple(place, inserted).map(
    ([at, part]): Mutation =>
      (text) =>
        cut(text, at, 1, part),
  ),
  fc.tuple(place, place, fc.integer({ min: 1, max: 40 })).map(
    ([from, to, length]): Mutation =>
      (text) =>
        cut(text, to, 0, text.slice(index(text.length, from), index(text.length, from) + length)),
  ),
);

const onLines = fc.oneof(
  place.map(
    (at): Mutation =>
      (text) =>
        lines(text, (all) => all.toSpliced(index(all.length, at), 1)),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Mutation =>
      (text) =>
        lines(text, (all) => all.toSpliced(index(all.length, to), 0, all[index(all.length, from)] ?? '')),
  ),
  fc.tuple(place, fc.integer({ min: -4, max: 4 })).map(
    ([at, by]): Mutation =>
      (text) =>
        lines(text, (all) => all.with(index(all.length, at), indented(all[index(all.length, at)] ?? '', by))),
  ),
);

const index = (length: number, at: number): number => Math.floor(length * at);

const cut = (text: string, at: number, length: number, part: string): string => {
  const start = index(text.length, at);
  return text.slice(0, start) + part + text.slice(start + length);
};

const lines = (text: string, change: (all: string[]) => string[]): string => change(text.split('\n')).join('\n');

const indented = (line: string, by: number): string => (by > 0 ? ' '.repeat(by) + line : line.slice(-by));

const rejections: unknown[] = [];
const note = (reason: unknown): void => {
  rejections.push(reason);
};

beforeAll(() => {
  process.on('unhandledRejection', note);
});
afterAll(() => {
  process.off('unhandledRejection', note);
});

test('no change of a workflow makes a check throw, hang, or say something that has no place', async () => {
  const mutated = fc.tuple(
    fc.constantFrom(...seeds),
    fc.array(fc.oneof(onCharacters, onLines), { minLength: 1, maxLength: 6 }),
  );
  await fc.assert(
    fc.asyncProperty(mutated, async ([{ text, surroundings }, mutations]) => {
      const changed = mutations.reduce((current, mutate) => mutate(current), text);
      const elapsed = cpuTimer();
      const { workflow, diagnostics } = await check(changed, surroundings);
      expect(elapsed()).toBeLessThan(1000);
      expect(workflow !== undefined).toBe(diagnostics.every(({ severity }) => severity === 'warning'));

      const rows = changed.replace(/^\ufeff/, '').split('\n');
      const seen = new Set<string>();
      let before = { line: 0, column: 0 };
      for (const { line, column, endLine, endColumn, code, message, hint, path } of diagnostics) {
        expect(Object.keys(diagnosticCodes)).toContain(code);
        expect(message).toMatch(/^\S[\s\S]*\.$/u);
        // What our own code trips over would show as such a message.
        expect(`${message}${hint}`).not.toMatch(
          /undefined|\[object|is not a function|is not iterable|cannot read prop|NaN:/i,
        );
        expect(typeof path).toBe('string');
        expect(line).toBeLessThanOrEqual(rows.length);
        expect(column - 1).toBeLessThanOrEqual(rows[line - 1]?.length ?? 0);
        expect(endColumn - 1).toBeLessThanOrEqual(rows[endLine - 1]?.length ?? 0);
        expect(endLine > line || endColumn >= column).toBe(true);
        expect(line > before.line || (line === before.line && column >= before.column)).toBe(true);
        before = { line, column };
        const id = `${line}:${column} ${code} ${message}`;
        expect(seen).not.toContain(id);
        seen.add(id);
      }
    }),
    { numRuns: runs(2000, 100_000) },
  );
  expect(rejections).toEqual([]);
}, 3_600_000);
