// A client process: measures one subject in one regime and sends the figures to its parent.
import { setTimeout as delay } from 'node:timers/promises';
import { tokenText } from './answer-lines.mjs';
import { tokensOf } from './regimes.mjs';

const { file, url, regime } = JSON.parse(process.argv[2]);
const bare = process.cpuUsage();
const { createSubject } = await import(file);
// The loader of modules puts V8's compilers to work, which go on beside what comes next: what they take is the import's.
await delay(300);
const importMs = milliseconds(process.cpuUsage(bare));
const { ask } = createSubject(url);
const expected = Array.from({ length: tokensOf(regime.model) }, (_, index) => tokenText(index)).join('');

globalThis.gc();
const cold = await measured(1);
// A full collection drops optimised code, so that what follows it is warm only after the runs that are not counted.
globalThis.gc();
for (let run = 0; run < regime.warmUps; run += 1) await runOnce();
const hot = await measured(regime.repeats);
process.send({ importMs, cold, hot }, () => process.disconnect());

async function measured(repeats) {
  const started = performance.now();
  const before = process.cpuUsage();
  for (let run = 0; run < repeats; run += 1) await runOnce();
  const cpuMs = milliseconds(process.cpuUsage(before)) / repeats;
  return { cpuMs, timeMs: (performance.now() - started) / repeats };
}

async function runOnce() {
  const answers = await Promise.all(Array.from({ length: regime.streams }, () => ask(regime.model)));
  for (const { text, usage } of answers) {
    if (text !== expected || usage !== tokensOf(regime.model)) throw new Error(`${file} lost a part of the answer.`);
  }
}

function milliseconds({ user, system }) {
  return (user + system) / 1000;
}
