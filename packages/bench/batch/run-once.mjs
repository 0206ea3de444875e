import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from '../run-process.mjs';
import { promptOf } from './answers.mjs';
import { model, slots } from './regimes.mjs';
import { hashOf } from './rows.mjs';

const lookEveryMs = 500;

/** Longer than any subject that works takes on a slow machine. */
const givenUpMs = (rows) => 120_000 + 20 * rows;

const workflow = `name: bench
model: ${model}
each: { from: rows.jsonl, key: "\${row.id}" }
steps:
  answer: { generate: "${promptOf(`\${row.text}`)}" }
save: { to: answers.jsonl, fields: { answer: "\${answer}" } }
limits: { parallel: ${slots} }
`;

/** A new folder for a run, with nothing in it that an earlier one left: a journal begins here. */
export function newFolder(below) {
  const folder = mkdtempSync(join(below, 'run-'));
  writeFileSync(join(folder, 'workflow.yaml'), workflow);
  return folder;
}

/** Runs a subject in a process of its own, from its start to its end, and compares its output with the only right one. */
export async function runOnce({ name, args, node }, { server, input, folder, onCalls }) {
  const output = join(folder, 'answers.jsonl');
  const looking = onCalls && setInterval(async () => onCalls((await server.look()).calls), lookEveryMs);
  const written = args({ url: server.url, rows: input.path, output, folder });
  const { wallMs, cpuMs, peakMiB } = await runProcess(`${name} over ${input.count} rows`, written, {
    node,
    folder,
    givenUpMs: givenUpMs(input.count),
  }).finally(() => clearInterval(looking));
  if ((await hashOf(output)) !== input.answers) throw new Error(`${name} wrote wrong answers for ${input.count} rows.`);
  return { wallMs, cpuMs, peakMiB, ...(await server.take()) };
}
