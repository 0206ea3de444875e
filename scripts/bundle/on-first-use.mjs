/** Modules that few workflows need, and whose start takes long: what stands in for each starts it when it is used. */
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

/** Lets esbuild put the stand-ins in. What asks for another export of those modules fails the build. */
export const onFirstUse = () => ({
  name: 'on-first-use',
  setup(build) {
    build.onResolve({ filter: /^(ajv\/dist\/2020\.js|re2js)$/ }, ({ path, namespace, resolveDir }) =>
      namespace === 'on-first-use' ? undefined : { path, namespace: 'on-first-use', pluginData: resolveDir },
    );
    build.onLoad({ filter: /.*/, namespace: 'on-first-use' }, ({ path, pluginData }) => ({
      contents: standIns[path],
      loader: 'js',
      resolveDir: pluginData,
    }));
  },
});
