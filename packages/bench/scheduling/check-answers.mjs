import { readFileSync } from 'node:fs';

/**
 * Compares a file of answers with the right ones: how many rows are right, wrong and missing.
 *
 * @throws {Error} Where a line is none, or a row stands there twice, in a wrong place, or was never asked for.
 */
export function checkAnswers(path, answers) {
  const counts = { right: 0, wrong: 0, missing: 0 };
  let place = 0;
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const { key, answer } = JSON.parse(line);
    let found = place;
    while (found < answers.length && answers[found][0] !== key) found += 1;
    if (found === answers.length)
      throw new Error(`${path} has the row ${key} twice, in a wrong place, or never had it: ${line}`);
    counts.missing += found - place;
    counts[isRight(answer, answers[found][1]) ? 'right' : 'wrong'] += 1;
    place = found + 1;
  }
  counts.missing += answers.length - place;
  return counts;
}

/** Where nobody knows what is right, anything but nothing is. */
const isRight = (answer, right) => (right === undefined ? /\S/.test(answer) : answer === right);
