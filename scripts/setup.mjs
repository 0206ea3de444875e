// Installs the dependencies with the pinned pnpm and builds, where that has not been done for exactly these files.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampFile = join(root, 'node_modules', '.millrace-setup.json');
const { packageManager, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const packages = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'tsconfig.json')),
);

/** Does what is missing; says nothing where nothing is. */
export function setUp() {
  checkNode();
  const wanted = { install: hashOf(installFiles()), build: hashOf(buildFiles()) };
  const done = readStamp();
  if (done.install !== wanted.install) {
    say('Installing dependencies (once) …');
    run('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', '--prod=false', '--reporter=append-only']);
  }
  if (done.install !== wanted.install || done.build !== wanted.build || !isBuilt()) {
    say('Building …');
    run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']);
    run(process.execPath, [join(root, 'scripts', 'bundle.mjs')]);
  }
  writeFileSync(stampFile, JSON.stringify(wanted));
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Millrace needs Node ${engines.node}, and this is ${process.versions.node}.`);
  process.exit(1);
}

const installFiles = () => [
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  '.pnpmfile.cjs',
  ...packages.map((name) => `packages/${name}/package.json`),
];

const buildFiles = () => [
  'tsconfig.json',
  'tsconfig.base.json',
  'scripts/bundle.mjs',
  ...filesBelow('scripts/bundle'),
  ...packages.flatMap((name) => [`packages/${name}/tsconfig.json`, ...filesBelow(`packages/${name}/src`)]),
];

const isBuilt = () =>
  existsSync(join(root, 'packages', 'cli', 'dist-bundle', 'program.js')) &&
  packages.every((name) => existsSync(join(root, 'packages', name, 'dist', 'index.js')));

function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
    .sort();
}

function hashOf(files) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

// The words go to stderr: a command that sets up first keeps its stdout for itself.
const say = (text) => console.error(text);

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command === 'npx',
  });
  if (error || status !== 0) {
    console.error(
      error
        ? `\`${command}\` could not be started: ${error.message}`
        : `The set-up failed at: ${command} ${args.join(' ')}`,
    );
    process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp();
