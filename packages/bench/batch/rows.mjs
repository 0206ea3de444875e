import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { answerTokens, promptOf } from './answers.mjs';

const text = 'it came on time, the wheel turns, and after two weeks the bearing makes a noise like a kettle: number ';

/** Writes rows of a hundred bytes of text, and gives the hash of the only right output for them. */
export async function writeRows(path, count, tokens) {
  const file = createWriteStream(path);
  const output = createHash('sha256');
  for (let index = 0; index < count; index += 1) {
    const row = { id: `r${index}`, text: text + index };
    output.update(answerLine(row.id, answerTokens(promptOf(row.text), tokens).join('')));
    if (!file.write(`${JSON.stringify(row)}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
  return output.digest('hex');
}

/** A line of output. */
export const answerLine = (key, answer) => `${JSON.stringify({ key, answer })}\n`;

/** The hash of a file. */
export async function hashOf(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
