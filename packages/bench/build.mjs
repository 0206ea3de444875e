import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fail } from './flags.mjs';

/** Builds all packages and the bundle: what is measured is what is published. */
export function build() {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  for (const script of [['node_modules/typescript/bin/tsc', '-b'], ['scripts/bundle.mjs']]) {
    const { status } = spawnSync(process.execPath, script, { cwd: root, stdio: ['ignore', 2, 2] });
    if (status !== 0) fail(`The project does not build: ${script.join(' ')}`);
  }
}
