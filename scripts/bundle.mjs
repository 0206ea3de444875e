// Bundles the command line into packages/cli/dist-bundle: a file for what every command needs, the rest loaded by the command that needs it.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledShapes } from './bundle/compiled-shapes.mjs';
import { directImports } from './bundle/direct-imports.mjs';
import { licensesOf } from './bundle/licenses.mjs';
import { lateEntries, onFirstUse } from './bundle/on-first-use.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'packages', 'cli');
const target = join(cli, 'dist-bundle');

/** Writes the bundle anew; what was there before stays whole until the new one is. */
export async function bundle() {
  // Here and not above: set-up imports this file before anything is installed.
  const { build } = await import('esbuild');
  const rxjs = esm('rxjs', createRequire(join(cli, 'package.json')), 'dist', 'esm');
  const source = (name) => join(root, 'packages', name, 'src', 'index.ts');
  const shared = {
    absWorkingDir: root,
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
  };
  const late = await build({
    ...shared,
    entryPoints: lateEntries(root),
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
  });
  const main = await build({
    ...shared,
    entryPoints: { main: join(cli, 'src', 'main.ts') },
    splitting: true,
    format: 'esm',
    conditions: ['source'],
    chunkNames: '[name]-[hash]',
    // Each finds parts of itself beside its own files (models and a child process, a native library), and few commands need it. Telemetry is
    // for those who load an SDK, and would cut what every command reads into more files.
    external: ['@millrace/engine', '@millrace/server', '@millrace/telemetry', '@photostructure/sqlite'],
    plugins: [
      compiledShapes(root),
      onFirstUse(),
      directImports({
        rxjs: join(rxjs, 'index.js'),
        ...Object.fromEntries(
          ['core', 'errors', 'runner', 'schema'].map((name) => [`@millrace/${name}`, source(name)]),
        ),
      }),
    ],
    alias: {
      rxjs: join(rxjs, 'index.js'),
      tslib: esm('tslib', createRequire(join(rxjs, 'index.js')), 'tslib.es6.mjs'),
    },
    // Dependencies that are CommonJS ask for Node's own modules with `require`.
    banner: {
      js: "import { createRequire as createBundleRequire } from 'node:module';const require = createBundleRequire(import.meta.url);",
    },
  });
  const fresh = `${target}-${process.pid}`;
  mkdirSync(fresh);
  for (const { path, contents } of [...main.outputFiles, ...late.outputFiles]) {
    writeFileSync(join(fresh, basename(path)), contents);
  }
  writeFileSync(join(fresh, 'THIRD-PARTY-LICENSES.txt'), licensesOf([main.metafile, late.metafile], root));
  replace(fresh);
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
