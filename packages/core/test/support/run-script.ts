import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** How a process ended. */
export interface ScriptResult {
  /** Null where it had to be killed. */
  readonly code: number | null;
  readonly output: string;
}

/** Runs a script in a process of its own, with the packages from their sources; it is killed after four seconds. */
export async function runScript(contents: string): Promise<ScriptResult> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-script-'));
  try {
    const outfile = join(folder, 'script.mjs');
    const resolveDir = fileURLToPath(new URL('.', import.meta.url));
    await build({
      stdin: { contents, resolveDir, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['source'],
      outfile,
    });
    const child = spawn(process.execPath, [outfile], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (text: Buffer) => {
      output += text;
    });
    const overdue = setTimeout(() => child.kill('SIGKILL'), 4000);
    const [code] = (await once(child, 'close')) as [number | null];
    clearTimeout(overdue);
    return { code, output };
  } finally {
    await rm(folder, { recursive: true });
  }
}
