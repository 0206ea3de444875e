// `node packages/schema/spec/propose.mjs NAME…`: writes what a check of fixtures says now into the JSON beside them, and prints it to be
// read: what is committed is what should be said. Without a name: of those that have no JSON yet.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const entry = `export { check } from './check.ts';\nexport { surroundingsOf } from './fixtures.ts';`;
const bundle = `${root}dist/propose/support.mjs`;
mkdirSync(dirname(bundle), { recursive: true });
await build({
  stdin: { contents: entry, resolveDir: `${root}test/support`, loader: 'ts' },
  outfile: bundle,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
});
const { check, surroundingsOf } = await import(pathToFileURL(bundle).href);

const folder = `${root}spec/invalid/`;
const all = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const isNew = (name) => !existsSync(folder + name.replace(/\.yaml$/, '.json'));
const named = process.argv.slice(2).map((name) => `${basename(name).replace(/\.(yaml|json)$/, '')}.yaml`);
for (const name of named.length > 0 ? named : all.filter(isNew)) {
  const path = folder + name.replace(/\.yaml$/, '.json');
  const beside = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  const { diagnostics } = await check(readFileSync(folder + name), surroundingsOf(beside));
  const expected = diagnostics.map(({ file: _, ...rest }) => rest);
  writeFileSync(path, `${JSON.stringify({ ...beside, diagnostics: expected }, null, 2)}\n`);
  console.log(`\n${name}`);
  for (const { line, column, endColumn, code, severity, path: place, message, hint } of expected) {
    console.log(`  ${line}:${column}-${endColumn} ${severity === 'warning' ? 'warning ' : ''}${code} ${place}\n    ${message} ${hint}`);
  }
}
