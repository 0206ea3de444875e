// Bundles the command line into packages/cli/dist-bundle: a file for what every command needs, the rest loaded by the command that needs it.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledShapes } from './bundle/compiled-shapes.mjs';
import { directImports } from './bundle/direct-imports.mjs';
import { licensesOf } from './bundle/licenses.mjs';
import { onFirstUse } from './bundle/on-first-use.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'packages', 'cli');
const target = join(cli, 'dist-bundle');

/** Writes the bundle anew; what was there before stays whole until the new one is. */
export async function bundle() {
  // Here and not above: set-up imports this file before anything is installed.
  const { build } = await import('esbuild');
  const rxjs = esm('rxjs', 'dist', 'esm');
  const source = (name) => join(root, 'packages', name, 'src', 'index.ts');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: join(cli, 'src', 'main.ts') },
    outdir: target,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    conditions: ['source'],
    // Names stay, so that the trace of a bug can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    chunkNames: '[name]-[hash]',
    // It finds its models and its child process beside itself, and is needed by few.
    external: ['@millrace/engine'],
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
    alias: { rxjs: join(rxjs, 'index.js') },
    // Dependencies that are CommonJS ask for Node's own modules with `require`.
    banner: {
      js: "import { createRequire as createBundleRequire } from 'node:module';const require = createBundleRequire(import.meta.url);",
    },
  });
  const fresh = `${target}-${process.pid}`;
  mkdirSync(fresh);
  for (const { path, contents } of outputFiles) writeFileSync(join(fresh, basename(path)), contents);
  writeFileSync(join(fresh, 'THIRD-PARTY-LICENSES.txt'), licensesOf(metafile, root));
  replace(fresh);
  return metafile;
}

function replace(fresh) {
  const old = `${fresh}-old`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(fresh, target);
  rmSync(old, { recursive: true, force: true });
}

/** The folder of a package's ES modules: on Node, rxjs offers CommonJS, of which nothing can be left out. */
function esm(name, ...folder) {
  const require = createRequire(join(cli, 'package.json'));
  return join(dirname(require.resolve(`${name}/package.json`)), ...folder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
