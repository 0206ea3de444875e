import { describe, expect, test } from '@jest/globals';
import { didYouMean } from '@millrace/schema';
import fc from 'fast-check';
import { cpuTimer } from './support/cpu-time.ts';

describe('a misspelt word is mended', () => {
  test.each([
    ['desciption', ['name', 'description'], 'description'],
    ['txet', ['text', 'title'], 'text'],
    ['Text', ['text'], 'text'],
    ['reviw', ['review', 'reviewer'], 'review'],
    ['ab', ['ba', 'xyz'], 'ba'],
    ['colour', ['color'], 'color'],
  ])('%s', (word, candidates, meant) => {
    expect(didYouMean(word, candidates)).toBe(`Did you mean \`${meant}\`?`);
  });

  test('a slip of one character, wherever it is', () => {
    const word = fc.stringMatching(/^[a-z]{4,12}$/);
    const slip = fc.oneof(
      fc.nat().map((at) => (text: string) => text.slice(0, at % text.length) + text.slice((at % text.length) + 1)),
      fc.tuple(fc.nat(), fc.stringMatching(/^[a-z]$/)).map(
        ([at, char]) =>
          (text: string) =>
            text.slice(0, at % (text.length + 1)) + char + text.slice(at % (text.length + 1)),
      ),
      fc.tuple(fc.nat(), fc.stringMatching(/^[a-z]$/)).map(
        ([at, char]) =>
          (text: string) =>
            text.slice(0, at % text.length) + char + text.slice((at % text.length) + 1),
      ),
      fc.nat().map((at) => (text: string) => {
        const place = at % (text.length - 1);
        return text.slice(0, place) + (text[place + 1] ?? '') + (text[place] ?? '') + text.slice(place + 2);
      }),
    );
    fc.assert(
      fc.property(word, slip, (right, misspell) => {
        const wrong = misspell(right);
        fc.pre(wrong !== right);
        expect(didYouMean(wrong, ['quite another thing', right])).toBe(`Did you mean \`${right}\`?`);
      }),
    );
  });
});

describe('where nothing is near, what there is is listed', () => {
  test.each([
    ['zzz', ['text', 'title'], 'There is `text`, `title`.'],
    ['x', ['y', 'z'], 'There is `y`, `z`.'],
    ['zzz', [], ''],
    [
      'zzz',
      Array.from({ length: 14 }, (_, at) => `c${at}`),
      `There is ${Array.from({ length: 12 }, (_, at) => `\`c${at}\``).join(', ')}, ….`,
    ],
  ])('%s', (word, candidates, hint) => {
    expect(didYouMean(word, candidates)).toBe(hint);
  });

  test('words with nothing in common are never mended', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-m]{1,20}$/), fc.stringMatching(/^[n-z]{1,20}$/), (word, other) => {
        expect(didYouMean(word, [other])).toMatch(
          word.length < 2 || word.length > 1 ? /^(There is|Did you mean)/ : /^There/,
        );
        if (word.length !== 2 && word.length !== 3) expect(didYouMean(word, [other])).toMatch(/^There is/);
      }),
    );
  });
});

test('ten times the candidates take about ten times as long', () => {
  const take = (count: number): number => {
    const many = Array.from({ length: count }, (_, at) => `candidate_${at}`);
    const elapsed = cpuTimer();
    for (let at = 0; at < 100; at++) didYouMean(`candidat_${at}`, many);
    return elapsed();
  };
  take(5_000);
  expect(take(50_000)).toBeLessThan(60 * Math.max(take(5_000), 1));
});
