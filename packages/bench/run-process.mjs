import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const recordUsage = fileURLToPath(new URL('./record-usage.mjs', import.meta.url));

/**
 * Runs a Node program in a folder from its start to its end: its exit code, its time, and what the whole process has used.
 *
 * @throws {Error} Where it ends with none of the exit codes, or takes longer than `givenUpMs`.
 */
export async function runProcess(name, args, { node = process.execPath, folder, givenUpMs, exitCodes = [0] }) {
  const usage = join(folder, 'usage.json');
  const startedAt = performance.now();
  const child = spawn(node, ['--import', recordUsage, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MILLRACE_BENCH_USAGE: usage },
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    words = (words + text).slice(-2000);
  });
  const kill = () => child.kill('SIGKILL');
  const givenUp = setTimeout(kill, givenUpMs);
  process.once('exit', kill);
  const [code, signal] = await once(child, 'close');
  process.off('exit', kill);
  clearTimeout(givenUp);
  if (!exitCodes.includes(code)) throw new Error(`${name} ended with ${code ?? signal}: ${words}`);
  return { code, wallMs: performance.now() - startedAt, ...JSON.parse(readFileSync(usage, 'utf8')) };
}
