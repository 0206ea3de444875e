// Bundles the command line into packages/cli/dist-bundle: one script, of which each command starts the parts that it needs.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledShapes } from './bundle/compiled-shapes.mjs';
import { directImports } from './bundle/direct-imports.mjs';
import { licensesOf } from './bundle/licenses.mjs';
import { onFirstUse } from './bundle/on-first-use.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'packages', 'cli');
const target = join(cli, 'dist-bundle');

/** Each finds parts of itself beside its own files (models and a child process, a native library), and few commands need it. */
const external = ['@millrace/engine', '@millrace/server', '@millrace/telemetry', '@photostructure/sqlite'];

/** Writes the bundle anew; what was there before stays whole until the new one is. */
export async function bundle() {
  // Here and not above: set-up imports this file before anything is installed.
  const { build } = await import('esbuild');
  const rxjs = esm('rxjs', createRequire(join(cli, 'package.json')), 'dist', 'esm');
  const source = (name) => join(root, 'packages', name, 'src', 'index.ts');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(cli, 'src', 'main.ts')],
    outdir: target,
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    // Names stay, so that the trace of a bug can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    // Only a script can be run from code that was compiled before.
    format: 'cjs',
    define: { 'import.meta.url': 'programUrl' },
    conditions: ['source'],
    external,
    plugins: [
      compiledShapes(root),
      onFirstUse(),
      directImports({
        rxjs: join(rxjs, 'index.js'),
        ...Object.fromEntries(
          ['core', 'engine', 'errors', 'runner', 'schema', 'server'].map((name) => [`@millrace/${name}`, source(name)]),
        ),
      }),
    ],
    alias: {
      rxjs: join(rxjs, 'index.js'),
      tslib: esm('tslib', createRequire(join(rxjs, 'index.js')), 'tslib.es6.mjs'),
    },
  });
  const { text } = outputFiles[0];
  const early = external.find((name) => text.includes(`require("${name}")`));
  if (early)
    throw new Error(
      `\`${early}\` is imported with \`import\`, and would be loaded by every command: use \`await import\`.`,
    );
  const fresh = `${target}-${process.pid}`;
  mkdirSync(fresh);
  writeFileSync(join(fresh, 'program.js'), asScript(text));
  writeFileSync(join(fresh, 'THIRD-PARTY-LICENSES.txt'), licensesOf(metafile, root));
  replace(fresh);
}

/** A function of what `packages/cli/bin/load-program.js` gives it, below the hash of its text, in ASCII. */
function asScript(text) {
  const ascii = text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const body = ascii.replaceAll(/\bimport\(("[^"]+")\)/g, (whole, name) =>
    external.includes(JSON.parse(name)) ? `importModule(${name})` : whole,
  );
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return `//${hash}\n(function (require, module, programUrl, importModule) { 'use strict';\n${body}\n})\n`;
}

function replace(fresh) {
  const old = `${fresh}-old`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(fresh, target);
  rmSync(old, { recursive: true, force: true });
}

/** Where a package has its ES modules: to Node, rxjs and tslib offer CommonJS, of which nothing can be left out. */
const esm = (name, require, ...path) => join(dirname(require.resolve(`${name}/package.json`)), ...path);

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
