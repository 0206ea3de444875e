import { execFile } from 'node:child_process';
import { mkdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const lock = join(tmpdir(), 'millrace-engine-test-build');
const staleMs = 120_000;

/** Builds the engine, which runs as a process of its own: test files side by side build one after the other. */
export async function build(): Promise<void> {
  await takeLock();
  try {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await promisify(execFile)(process.execPath, [tsc, '-b', join(root, 'packages/engine')]);
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function takeLock(): Promise<void> {
  while (true) {
    const taken = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (taken) return;
    const since = await stat(lock).catch(() => null);
    if (since !== null && Date.now() - since.mtimeMs > staleMs) await rm(lock, { recursive: true, force: true });
    await delay(50);
  }
}
