import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Lets esbuild put compiled validators in place of `packages/schema/src/shape/compiled-shapes.ts`: those that checking every valid fixture of
 * the language asks for.
 */
export const compiledShapes = (root) => ({
  name: 'compiled-shapes',
  setup(build) {
    build.onLoad({ filter: /\/schema\/src\/shape\/compiled-shapes\.ts$/ }, async () => ({
      contents: await writeShapes(root),
      resolveDir: join(root, 'packages', 'schema', 'src', 'shape'),
      loader: 'js',
    }));
  },
});

/** What the code of ajv calls for each pattern; it makes them all at its start, and few are ever used. */
const lazyRegExp = `
  import { linearRegExp as compile } from '../linear-reg-exp.ts';
  function linearRegExp(pattern, flags) {
    let compiled;
    return { test: (text) => (compiled ??= compile(pattern, flags)).test(text) };
  }`;

async function writeShapes(root) {
  const load = (...path) => import(pathToFileURL(join(root, 'packages', ...path)));
  const shapes = await askedFor(root, load);
  const { createAjv } = await load('schema', 'dist', 'shape', 'shape-validator.js');
  const ajv = createAjv({ validateSchema: false, asSource: true });
  shapes.forEach((json, index) => {
    ajv.addSchema(JSON.parse(json), `shape${index}`);
  });
  const standalone = createRequire(join(root, 'packages', 'schema', 'package.json'))('ajv/dist/standalone').default;
  const code = standalone(ajv, Object.fromEntries(shapes.map((_, index) => [`shape${index}`, `shape${index}`])));
  const entries = shapes.map((json, index) => `[${JSON.stringify(json)}, shape${index}]`);
  return [lazyRegExp, code, `export const compiledShapes = new Map([${entries.join(', ')}]);`].join('\n');
}

/** The JSON of every schema that the built checker looks up. */
async function askedFor(root, load) {
  const { compiledShapes: lookedUp } = await load('schema', 'dist', 'shape', 'compiled-shapes.js');
  const { createChecker } = await load('schema', 'dist', 'index.js');
  const { builtInKinds } = await load('runner', 'dist', 'index.js');
  const asked = new Set();
  lookedUp.get = (json) => void asked.add(json);
  const check = createChecker(builtInKinds);
  const fixtures = join(root, 'packages', 'schema', 'spec', 'valid');
  for (const name of readdirSync(fixtures).filter((file) => file.endsWith('.yaml'))) {
    await check(name, readFileSync(join(fixtures, name)));
  }
  return [...asked];
}
