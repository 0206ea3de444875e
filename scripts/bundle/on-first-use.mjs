/** Modules that few workflows need and that take long to start; what stands in for each loads it when it is used. */
const standIns = {
  'ajv/dist/2020.js': `
    export class Ajv2020 {
      constructor(options) {
        const { Ajv2020: Ajv } = require('ajv/dist/2020.js');
        return new Ajv(options);
      }
    }`,
  re2js: `
    export const RE2JS = new Proxy({}, { get: (_, name) => require('re2js').RE2JS[name] });`,
};

/** Lets esbuild put off the start of modules that stay in the bundle. What asks for one of their other exports fails the build. */
export const onFirstUse = () => ({
  name: 'on-first-use',
  setup(build) {
    build.onResolve({ filter: /^(ajv\/dist\/2020\.js|re2js)$/ }, ({ path, kind, resolveDir }) =>
      kind === 'import-statement' ? { path, namespace: 'on-first-use', pluginData: resolveDir } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'on-first-use' }, ({ path, pluginData }) => ({
      contents: standIns[path],
      resolveDir: pluginData,
      loader: 'js',
    }));
  },
});
