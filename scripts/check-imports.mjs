// Fails on an import against the direction of the packages (STYLE: arrows point up this list, never down), on one that package.json does
// not declare, and on a relative one that leaves its package.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each package may import of the others. */
const mayImport = {
  errors: [],
  core: ['errors'],
  schema: ['errors'],
  runner: ['errors', 'core', 'schema'],
  engine: ['errors'],
  server: ['errors', 'core', 'schema', 'runner'],
  telemetry: ['runner'],
  cli: ['errors', 'core', 'schema', 'runner', 'engine', 'server', 'telemetry'],
  testing: [],
};

const problems = Object.keys(mayImport).flatMap(checkPackage);
for (const name of readdirSync(join(root, 'packages'))) {
  if (existsSync(join(root, 'packages', name, 'package.json')) && !(name in mayImport))
    problems.push(`packages/${name} is not in the list of scripts/check-imports.mjs`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function checkPackage(name) {
  const folder = join(root, 'packages', name);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return sourceFiles(join(folder, 'src')).flatMap((file) =>
    importsOf(readFileSync(file, 'utf8')).flatMap((from) => {
      const problem = from.startsWith('.') ? checkRelative(file, from, folder) : checkBare(name, from, dependencies);
      return problem ? [`${relative(root, file)}: import of \`${from}\`: ${problem}`] : [];
    }),
  );
}

function checkRelative(file, from, folder) {
  if (relative(join(folder, 'src'), resolve(dirname(file), from)).startsWith('..')) return 'leaves the package';
  return existsSync(resolve(dirname(file), from)) ? undefined : 'there is no such file';
}

function checkBare(name, from, dependencies) {
  if (from.startsWith('node:')) return undefined;
  const dependency = from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/');
  if (!(dependency in dependencies)) return 'package.json does not declare it';
  const ours =
    dependency === 'millrace'
      ? 'cli'
      : dependency.startsWith('@millrace/')
        ? dependency.slice('@millrace/'.length)
        : undefined;
  if (ours === undefined) return undefined;
  if (!mayImport[name].includes(ours)) return `packages/${name} must not depend on packages/${ours}`;
  return undefined;
}

function importsOf(text) {
  const statements =
    /(?:^|\n)\s*(?:import|export)\s+(?:type\s+)?(?:[^'";]*?\sfrom\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [...text.matchAll(statements)].map(([, from, lazy]) => from ?? lazy);
}

function sourceFiles(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
