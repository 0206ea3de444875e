import { describe, expect, test } from '@jest/globals';
import { estimateTokens, truncate } from '@millrace/schema';
import fc from 'fast-check';
import { problems } from '../support/check.ts';
import { cpuTimer } from '../support/cpu-time.ts';
import { evaluate } from '../support/evaluate.ts';
import { runs } from '../support/runs.ts';

describe('truncate ends between words, where one ends near', () => {
  test.each([
    ['the quick brown fox', 2, 'the'],
    ['the quick brown fox', 3, 'the quick'],
    ['the quick brown fox', 4, 'the quick brown'],
    ['the quick brown fox', 5, 'the quick brown fox'],
    ['the quick brown fox', 500, 'the quick brown fox'],
    ['the quick brown fox', 0, ''],
    ['the quick brown fox', 2.9, 'the'],
    ['price: 3.14159 euros', 4, 'price:'],
    ['one\n\ntwo three', 2, 'one'],
    ['f(someArgument,anotherArgument)', 5, 'f(someArgument,'],
    ['x'.repeat(100), 2, 'x'.repeat(9)],
    ['房间很干净，工作人员也很友好', 4, '房间很干净'],
    ['Größe', 3, 'Grö'],
    ['', 0, ''],
    ['   ', 1, '   '],
    [' a', 0, ''],
  ])('%j to %d tokens is %j', (text, tokens, cut) => {
    expect(truncate(text, tokens)).toBe(cut);
  });
});

describe('truncate never cuts what is read as one character', () => {
  test.each([
    ['a family', '👩‍👩‍👧‍👦'],
    ['a skin tone', '👍🏽'],
    ['a flag', '🇩🇪'],
    ['a flag of a region', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['a heart in colour', '❤️'],
    ['a key with a number on it', '1️⃣'],
    ['an accent of its own', 'e\u0301'],
    ['many accents', `e${'\u0301'.repeat(20)}`],
    ['a decomposed syllable', '\u1112\u1161\u11ab'],
    ['a vowel sign', 'कि'],
    ['a line break of Windows', '\r\n'],
    ['an ideograph outside the first plane', '𠮷'],
  ])('%s', (_, character) => {
    const text = character.repeat(6);
    const lengths = new Set<number>();
    for (let tokens = 0; tokens <= estimateTokens(text); tokens++) lengths.add(truncate(text, tokens).length);
    for (const length of lengths) expect(length % character.length).toBe(0);
    expect(Math.max(...lengths)).toBe(text.length);
  });

  test('whatever the text', () => {
    const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });
    const character = fc.oneof(
      fc.constantFrom('👩‍👧', '👍🏽', '🇩🇪', 'e\u0301', '\r\n', ' ', 'a', '你', '안', '5', '.', '\ud83d'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    );
    fc.assert(
      fc.property(fc.array(character, { maxLength: 40 }), fc.integer({ min: 0, max: 30 }), (characters, tokens) => {
        const text = characters.join('');
        const cut = truncate(text, tokens);
        expect(text.startsWith(cut)).toBe(true);
        expect(estimateTokens(cut)).toBeLessThanOrEqual(tokens);
        if (estimateTokens(text) <= tokens) expect(cut).toBe(text);
        expect(truncate(cut, tokens)).toBe(cut);
        const ends = [...segments.segment(text)].map(({ index }) => index);
        expect([0, ...ends, text.length]).toContain(cut.length);
      }),
      { numRuns: runs(500) },
    );
  });
});

test.each([
  ['words', 'the quick brown fox '],
  ['one word', 'x'],
  ['accents without end', '\u0301'],
  ['flags without end', '🇩🇪'],
  ['white space without end', ' '],
])('a text of five megabytes is cut in linear time: %s', (_, part) => {
  const text = part.repeat(5_000_000 / part.length);
  const elapsed = cpuTimer();
  truncate(text, estimateTokens(text) - 1);
  truncate(text, 1);
  expect(elapsed()).toBeLessThan(3000);
});

describe('in expressions', () => {
  test.each([
    ['truncate("the quick brown fox", 3)', 'the quick'],
    ['truncate(row.text, 1 + 1)', 'one two'],
    ['truncate(row.text, size(row.list))', 'one two'],
    ['truncate(default(row.none, ""), 5)', ''],
    ['[row.text].map(x, truncate(x, 3))', ['one two three']],
  ])('%s', async (code, value) => {
    const row = { text: 'one two three four', list: [1, 2], none: null };
    expect(await evaluate(`\${${code}}`, { row })).toEqual(value);
  });

  test('less than nothing is an error of the row', async () => {
    await expect(evaluate('${truncate("a", 1 - 2)}')).rejects.toMatchObject({
      code: 'EXPRESSION_FAILED',
      message: '`${truncate("a", 1 - 2)}` failed: a text cannot be cut to -1 tokens.',
    });
  });

  test.each([
    ['truncate(row.text)', 'FUNCTION_UNKNOWN'],
    ['truncate(5, 5)', 'FUNCTION_UNKNOWN'],
    ['truncate("a", "5")', 'FUNCTION_UNKNOWN'],
    ['row.text.truncate(5)', 'FUNCTION_UNKNOWN'],
  ])('%s is found by the check', async (code, diagnostic) => {
    const steps = { a: { generate: `\${${code}}` } };
    const columns = { text: 'string' } as const;
    const found = await problems(JSON.stringify({ model: 'm', each: { from: 'r.csv' }, steps }), {
      columnsOf: () => Promise.resolve(columns),
    });
    expect(found).toMatchObject([{ code: diagnostic, hint: 'It is called as `truncate(text, tokens)`.' }]);
  });
});
