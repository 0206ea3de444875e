import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { answerLine } from './rows.mjs';

/** The rows of a file, read as they are asked for. */
export async function* readRows(path) {
  for await (const line of createInterface({ input: createReadStream(path) })) yield JSON.parse(line);
}

/** All rows of a file, for the clients that take them at once. */
export async function allRows(path) {
  const rows = [];
  for await (const row of readRows(path)) rows.push(row);
  return rows;
}

/** A file of answers in the order of their rows, whatever order they come in. */
export function createAnswerFile(path) {
  const file = createWriteStream(path);
  const waiting = new Map();
  let next = 0;
  return {
    /** Settles when there is room for more. */
    async put(index, key, answer) {
      waiting.set(index, answerLine(key, answer));
      let hasRoom = true;
      for (let line = waiting.get(next); line !== undefined; line = waiting.get(next)) {
        waiting.delete(next);
        hasRoom = file.write(line);
        next += 1;
      }
      if (!hasRoom) await once(file, 'drain');
    },
    async close() {
      file.end();
      await once(file, 'finish');
    },
  };
}
