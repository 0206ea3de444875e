import { describe, expect, test } from '@jest/globals';
import { createBegunKeys } from '../src/journal/begun-keys.ts';

describe('keys that were begun', () => {
  test.each([
    ['numbers', (index: number) => String(index)],
    ['short names', (index: number) => `r${index}`],
    ['long ones that differ at the end', (index: number) => `https://example.org/reviews/2026/11/23/${index}`],
    ['long ones that differ at the start', (index: number) => `${index}/reviews/of/the/year.txt`],
    ['of other scripts', (index: number) => `評価-${index}-ü`],
  ])('%s: each that was added is known, and few others are', (_, keyOf) => {
    const keys = createBegunKeys();
    const count = 200_000;
    for (let index = 0; index < count; index++) keys.add(keyOf(index));
    for (let index = 0; index < count; index++) if (!keys.mayHave(keyOf(index))) throw new Error(keyOf(index));
    let alike = 0;
    for (let index = count; index < 2 * count; index++) if (keys.mayHave(keyOf(index))) alike++;
    // By the arithmetic of such filters 7 in 100,000; a hash that is no good gives many times as many.
    expect(alike).toBeLessThan(count / 1000);
  });

  test('none is known before, and the empty one is a key', () => {
    const keys = createBegunKeys();
    expect(['', 'a', '0'].filter(keys.mayHave)).toEqual([]);
    keys.add('');
    expect(['', 'a', '0'].filter(keys.mayHave)).toEqual(['']);
  });
});
