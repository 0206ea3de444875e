import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const peers = fileURLToPath(new URL('./peers/', import.meta.url));

/** Installs the peers of a folder with npm where one is missing, beside their subjects: no install of the project brings them. */
export function installPeers(name) {
  const folder = join(peers, name);
  if (areInstalled(folder)) return;
  console.error(`Installing the peers of packages/bench/peers/${name} (once) …`);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const settings = ['--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync(npm, ['install', ...settings], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm install failed in ${folder}: go without the peers with --no-peers.`);
}

function areInstalled(folder) {
  const { dependencies } = packageIn(folder);
  return Object.entries(dependencies).every(
    ([name, version]) => packageIn(join(folder, 'node_modules', name))?.version === version,
  );
}

function packageIn(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    return undefined; // not there, or half installed
  }
}

/** The Node 22 that the peers of `node-22` bring along. */
export const node22 = join(peers, 'node-22', 'node_modules', 'node', 'bin', 'node');
