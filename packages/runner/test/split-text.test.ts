import { describe, expect, test } from '@jest/globals';
import { estimateTokens } from '@millrace/schema';
import { splitText } from '../src/split-text.ts';

const paragraph = 'The mill turns by day. It rests at night! Does the river know? Nobody asks it.';
const text = Array.from({ length: 30 }, (_, n) => `${n + 1}. ${paragraph}`).join('\n\n');

describe('pieces', () => {
  test('are never larger than asked, and hold every word in its order', () => {
    for (const tokens of [1, 5, 20, 100, 1000]) {
      const pieces = splitText(text, tokens, 0);
      for (const piece of pieces) expect(estimateTokens(piece)).toBeLessThanOrEqual(tokens);
      expect(pieces.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
    }
  });

  test('end at paragraphs where they can, else at sentences, else at words', () => {
    for (const piece of splitText(text, 100, 0)) expect(piece).toMatch(/Nobody asks it\.$/);
    for (const piece of splitText(text, 14, 0)) expect(piece).toMatch(/[.!?]$/);
    const words = 'abcdef '.repeat(200).trim();
    for (const piece of splitText(words, 7, 0)) expect(piece).toMatch(/^(abcdef )*abcdef$/);
  });

  test('a text that fits is one piece, without the space around it; one of nothing is none', () => {
    expect(splitText('  a text \n', 10, 0)).toEqual(['a text']);
    expect(splitText('', 10, 0)).toEqual([]);
    expect(splitText(' \n\n ', 10, 5)).toEqual([]);
  });

  test('a text without any border is cut between characters, never inside one', () => {
    for (const letter of ['x', '字', '🌊', '👩‍👩‍👧']) {
      const pieces = splitText(letter.repeat(300), 10, 3);
      expect(pieces.length).toBeGreaterThan(1);
      for (const piece of pieces) expect(Buffer.from(piece).toString()).toBe(piece);
      expect(splitText(letter.repeat(300), 10, 0).join('')).toBe(letter.repeat(300));
    }
  });
});

describe('overlap', () => {
  test('each piece begins with words that the one before ended with, and no more of them than asked', () => {
    const words = Array.from({ length: 400 }, (_, n) => `word${n}`).join(' ');
    const pieces = splitText(words, 40, 10);
    for (const [at, piece] of pieces.slice(1).entries()) {
      const before = pieces[at] as string;
      const shared = piece.split(' ').filter((word) => before.split(' ').includes(word));
      expect(shared.length).toBeGreaterThan(0);
      expect(before.endsWith(shared.join(' '))).toBe(true);
      expect(estimateTokens(shared.join(' '))).toBeLessThanOrEqual(10);
    }
    expect(new Set(pieces.join(' ').split(' ')).size).toBe(400);
  });

  test('always goes on, however much of a piece the next one begins with', () => {
    for (const tokens of [2, 3, 10]) {
      const pieces = splitText(text.slice(0, 500), tokens, tokens - 1);
      expect(pieces.at(-1)).toMatch(/\S$/);
      expect(
        text
          .slice(0, 500)
          .trim()
          .endsWith(pieces.at(-1) as string),
      ).toBe(true);
    }
  });
});

test('a megabyte is cut in well under a second', () => {
  const long = 'The quick brown fox. '.repeat(50_000);
  const start = performance.now();
  expect(splitText(long, 512, 64).length).toBeGreaterThan(100);
  expect(splitText('x'.repeat(1_000_000), 512, 64).length).toBeGreaterThan(100);
  expect(performance.now() - start).toBeLessThan(5000);
});
