import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastAnswer } from './chain.mjs';

const text = 'it came on time, the wheel turns, and after two weeks the bearing makes a noise like a kettle: number ';
const words = ' the stream of water that drives a wheel is the work of years and stone'.match(/ \w+/g);

/** Rows of a hundred bytes. */
export const shortRows = (count) =>
  Array.from({ length: count }, (_, index) => ({ id: `r${index}`, text: text + index }));

/** Rows of so many words and more, up to so many, evenly spread and well mixed. */
export const longRows = (count, from, to) =>
  Array.from({ length: count }, (_, index) => {
    const length = from + Math.round(((to - from) * mixed(index, count)) / Math.max(1, count - 1));
    return {
      id: `r${index}`,
      text: index + Array.from({ length }, (_, place) => words[place % words.length]).join(''),
    };
  });

/** Each number below `count` once, in an order that looks like none. */
function mixed(index, count) {
  let step = Math.max(1, Math.floor(count * 0.618));
  while (greatestDivisor(step, count) > 1) step += 1;
  return (index * step) % count;
}

const greatestDivisor = (one, other) => (other === 0 ? one : greatestDivisor(other, one % other));

/** Writes rows to a file, and says what is right for each of them. */
export function writeInput(folder, name, rows, models, tokens) {
  const path = join(folder, `rows-${name}.jsonl`);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return { path, count: rows.length, answers: rows.map(({ id, text }) => [id, lastAnswer(models, text, tokens)]) };
}
