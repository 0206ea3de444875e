import { describe, expect, test } from '@jest/globals';
import { estimateTokens } from '@millrace/schema';
import fc from 'fast-check';
import { cpuTimer } from '../support/cpu-time.ts';
import { runs } from '../support/runs.ts';

const middle = (counts: readonly number[]): number => counts.toSorted((a, b) => a - b)[1] as number;

// What Gemma 3, Qwen 3 and Llama 3 make of these, by their own tokenizers.
describe('the estimate is near the middle of what three families of models count', () => {
  test.each<[string, string, readonly [number, number, number]]>([
    [
      'English',
      'The room was clean and the staff were friendly, but breakfast was cold and the coffee tasted like water. We waited twenty minutes at the front desk before anybody noticed us.',
      [34, 34, 34],
    ],
    [
      'German',
      'Das Zimmer war sauber und das Personal freundlich, aber das Frühstück war kalt und der Kaffee schmeckte wie Wasser. Wir warteten zwanzig Minuten am Empfang.',
      [35, 42, 43],
    ],
    [
      'French',
      "La chambre était propre et le personnel aimable, mais le petit-déjeuner était froid et le café avait le goût de l'eau.",
      [29, 30, 31],
    ],
    [
      'Russian',
      'Номер был чистым, персонал приветливым, но завтрак был холодным, а кофе на вкус как вода.',
      [24, 34, 31],
    ],
    [
      'Chinese',
      '房间很干净，工作人员也很友好，但是早餐是冷的，咖啡喝起来像水。我们在前台等了二十分钟才有人理我们。',
      [32, 31, 40],
    ],
    [
      'Japanese',
      '部屋は清潔でスタッフも親切でしたが、朝食は冷めていて、コーヒーは水のような味がしました。',
      [24, 27, 35],
    ],
    ['Korean', '방은 깨끗했고 직원들은 친절했지만 아침 식사는 차가웠고 커피는 물맛이 났습니다.', [27, 36, 32]],
    [
      'emoji',
      'Great hotel! 😍😍 The pool 🏊 was amazing and the food 🍝🍷 even better 👍 See you again! 🎉',
      [25, 31, 34],
    ],
    [
      'TypeScript',
      "export function readRows(path: string): AsyncIterable<Row> {\n  const lines = readLines(path);\n  for (let index = 0; index < lines.length; index++) {\n    if (lines[index] === '') continue;\n    yield parseRow(lines[index], { index });\n  }\n}\n",
      [75, 62, 62],
    ],
    [
      'Python',
      'def load(path, limit=None):\n    rows = []\n    with open(path, encoding="utf-8") as file:\n        for number, line in enumerate(file):\n            if limit is not None and number >= limit:\n                break\n            rows.append(json.loads(line))\n    return rows\n',
      [73, 59, 59],
    ],
    [
      'JSON',
      '{"id": 4711, "sentiment": "negative", "score": 0.25, "aspects": ["breakfast", "coffee"], "answered": false, "reply": null}',
      [44, 46, 43],
    ],
    ['numbers', '2026-11-23 02:00:00 run 17: 1024 rows, 998 ok, 26 failed, 48.3 tokens a second', [50, 50, 36]],
  ])('%s', (_, text, counts) => {
    expect(Math.abs(estimateTokens(text) / middle(counts) - 1)).toBeLessThan(0.25);
  });
});

// `prompt_eval_count` of recorded answers of Ollama 0.32 with gemma3:270m, without what its template adds (as an empty prompt has it).
test.each([
  ['Why is the sky blue?', 6],
  ['1 2 3', 5],
  ['1 2 3 4', 7],
  ['1 2 3 4 5 6', 11],
  ['The capital of France is', 5],
  ['Describe a person as JSON.', 6],
  ['Reply with a JSON object with key color.', 9],
  ['Ollama is 22 years old and busy. Respond using JSON', 14],
  ['I am 22 and free. Respond using JSON', 11],
  ['😀 é 你好 😀 é 你好 😀 é', 10],
])('a real server counted %j as %d, and the estimate is at most one off', (text, counted) => {
  expect(Math.abs(estimateTokens(text) - counted)).toBeLessThanOrEqual(1);
});

// A resumed run must render the same bytes: these numbers never change.
test.each([
  ['', 0],
  [' ', 0],
  ['\n\n\n', 1],
  ['a', 1],
  ['Hello world', 3],
  ['estimateTokens(text)', 5],
  ['-'.repeat(80), 13],
  [' '.repeat(100), 4],
  ['x'.repeat(1000), 250],
  ['1234567890', 10],
  ['Größe', 4],
  ['你好，世界', 4],
  ['안녕하세요', 4],
  ['Привет', 3],
  ['สวัสดี', 4],
  ['مرحبا', 3],
  ['👩‍👩‍👧', 7],
  ['\ud83d', 1],
  ['\u0000', 1],
])('the estimate of %j is %d for ever', (text, tokens) => {
  expect(estimateTokens(text)).toBe(tokens);
});

test('a beginning never costs more than the whole, and its parts together at most one less', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
  fc.assert(
    fc.property(text, text, (first, second) => {
      expect(estimateTokens(first)).toBeLessThanOrEqual(estimateTokens(first + second));
      expect(estimateTokens(first) + estimateTokens(second) + 1).toBeGreaterThanOrEqual(estimateTokens(first + second));
    }),
    { numRuns: runs(300) },
  );
});

test.each([
  ['words', 'the quick brown fox '],
  ['one word', 'x'],
  ['signs', '%'],
  ['Chinese', '你好'],
  ['emoji', '😀'],
])('ten megabytes take linear time: %s', (_, part) => {
  const elapsed = cpuTimer();
  estimateTokens(part.repeat(10_000_000 / part.length));
  expect(elapsed()).toBeLessThan(4000);
});
