import { fileURLToPath } from 'node:url';
import { type BuildOptions, type BuildResult, build } from 'esbuild';

const folder = new URL('../browser/', import.meta.url);

/** How a page is bundled: as esbuild does for browsers, from the sources of the packages. */
const options: BuildOptions = {
  bundle: true,
  write: false,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  conditions: ['source'],
  logLevel: 'silent',
  metafile: true,
};

/** A bundle and what it is made of. */
export interface Bundle {
  readonly code: string;
  readonly inputs: readonly string[];
}

/** Bundles the script of the test page. */
export const bundlePage = (): Promise<Bundle> =>
  build({ ...options, entryPoints: [fileURLToPath(new URL('page.ts', folder))] }).then(bundleOf);

/** Bundles a script given as text, made small. */
export const bundleText = (contents: string): Promise<Bundle> =>
  build({ ...options, minify: true, stdin: { contents, resolveDir: fileURLToPath(folder) } }).then(bundleOf);

function bundleOf({ outputFiles = [], metafile }: BuildResult): Bundle {
  return { code: outputFiles[0]?.text ?? '', inputs: Object.keys(metafile?.inputs ?? {}) };
}
