// Everything CI does: types, lint, import directions, generated docs, tests.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

setUp();
const root = fileURLToPath(new URL('..', import.meta.url));
const tool = (path) => join(root, 'node_modules', ...path.split('/'));
const checks = [
  ['types', tool('typescript/bin/tsc'), '-b'],
  ['types of tests', tool('typescript/bin/tsc'), '-p', 'tsconfig.test.json'],
  ['lint', tool('@biomejs/biome/bin/biome'), 'ci', '.'],
  ['import directions', 'scripts/check-imports.mjs'],
  ['generated pages', 'scripts/docs.mjs', '--check'],
  ['code in docs', 'scripts/docs-code.mjs'],
  ['tests', 'scripts/test.mjs'],
];
const failed = checks.filter(([name, ...args]) => {
  console.error(`── ${name}`);
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status !== 0;
});
if (failed.length > 0) {
  // CI reads the last line: a failed check counts, also where every test has passed.
  const tests = failed.some(([name]) => name === 'tests');
  console.error(`Failed: ${failed.map(([name]) => name).join(', ')}`);
  if (!tests) console.log(`0 passed, ${failed.length} failed`);
  process.exitCode = 1;
}
