import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Modules that few workflows need, and that are large: each becomes a file of its own, and what stands in for it loads that when it is used. */
const modules = {
  'ajv/dist/2020.js': {
    file: 'ajv',
    standIn: `
      export class Ajv2020 {
        constructor(options) {
          const { Ajv2020: Ajv } = require('./ajv.cjs');
          return new Ajv(options);
        }
      }`,
  },
  re2js: {
    file: 're2js',
    standIn: `
      export const RE2JS = new Proxy({}, { get: (_, name) => require('./re2js.cjs').RE2JS[name] });`,
  },
};

/** The entry points of the files that are loaded on first use, by their names. They are CommonJS, since only that loads at once. */
export function lateEntries(root) {
  const require = createRequire(join(root, 'packages', 'schema', 'package.json'));
  return Object.fromEntries(Object.entries(modules).map(([name, { file }]) => [file, require.resolve(name)]));
}

/** Lets esbuild leave those modules out. What asks for one of their other exports fails the build. */
export const onFirstUse = () => ({
  name: 'on-first-use',
  setup(build) {
    build.onResolve({ filter: /^(ajv\/dist\/2020\.js|re2js)$/ }, ({ path }) => ({ path, namespace: 'on-first-use' }));
    build.onResolve({ filter: /^\.\/\w+\.cjs$/, namespace: 'on-first-use' }, ({ path }) => ({ path, external: true }));
    build.onLoad({ filter: /.*/, namespace: 'on-first-use' }, ({ path }) => ({
      contents: modules[path].standIn,
      loader: 'js',
    }));
  },
});
