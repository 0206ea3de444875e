import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promptOf } from './answers.mjs';
import { model, slots } from './regimes.mjs';
import { hashOf } from './rows.mjs';

const recordUsage = fileURLToPath(new URL('./record-usage.mjs', import.meta.url));
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
export async function runOnce({ name, args, node = process.execPath }, { server, input, folder, onCalls }) {
  const output = join(folder, 'answers.jsonl');
  const usage = join(folder, 'usage.json');
  const startedAt = performance.now();
  const child = spawn(node, ['--import', recordUsage, ...args({ url: server.url, rows: input.path, output, folder })], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MILLRACE_BENCH_USAGE: usage },
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    words = (words + text).slice(-2000);
  });
  const givenUp = setTimeout(() => child.kill('SIGKILL'), givenUpMs(input.count));
  const looking = onCalls && setInterval(async () => onCalls((await server.look()).calls), lookEveryMs);
  const [code, signal] = await once(child, 'close');
  const wallMs = performance.now() - startedAt;
  clearTimeout(givenUp);
  clearInterval(looking);
  if (code !== 0) throw new Error(`${name} ended with ${code ?? signal} over ${input.count} rows: ${words}`);
  if ((await hashOf(output)) !== input.answers) throw new Error(`${name} wrote wrong answers for ${input.count} rows.`);
  return { wallMs, ...JSON.parse(readFileSync(usage, 'utf8')), ...(await server.take()) };
}
