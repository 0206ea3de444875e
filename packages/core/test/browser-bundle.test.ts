import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createContext, Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import * as core from '@millrace/core';
import { bundlePage, bundleText } from './support/bundle-page.ts';
import { webGlobals } from './support/web-globals.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** What is of no use in a browser. */
const onlyInNode = ['hostUrl', 'optionsFrom'];

test('the browser build has what the Node build has, but for what reads an environment', async () => {
  const { code } = await bundleText(`import * as core from '@millrace/core'; globalThis.names = Object.keys(core);`);
  const context = createContext(webGlobals('http://127.0.0.1:1')) as { readonly names?: readonly string[] };
  new Script(code).runInContext(context);
  const expected = Object.keys(core).filter((name) => !onlyInNode.includes(name));
  expect([...(context.names ?? [])].sort()).toEqual(expected.sort());
});

test('the two lists of exports name the same types too', () => {
  const listOf = (file: string): string[] =>
    [...readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8').matchAll(/\{ (.*?) \}/g)]
      .flatMap(([, names = '']) => names.replaceAll('type ', '').split(', '))
      .sort();
  const notInBrowsers = [...onlyInNode, 'Environment', 'TlsOptions'];
  expect(listOf('browser.ts')).toEqual(listOf('index.ts').filter((name) => !notInBrowsers.includes(name)));
});

test('nothing of Node is in a bundle for browsers', async () => {
  const { inputs, code } = await bundlePage(); // esbuild itself fails on an import of `node:`
  expect(inputs.filter((file) => /packages\/core\/src\//.test(file)).length).toBeGreaterThan(50);
  expect(
    inputs.filter((file) => /\/core\/src\/(exchange|agent|tunnel|file-bytes|send-body|index)\.ts$/.test(file)),
  ).toEqual([]);
  expect(code).not.toMatch(/["']node:|\brequire\(/);
});

test('the sources of the browser build, and their types, know no Node', () => {
  // With the types of the web and none of Node: a `Buffer`, `process` or `NodeJS` anywhere in reach is an error.
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  const project = `${root}packages/core/test/browser`;
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', project, '--listFiles'], { encoding: 'utf8' });
  expect(stdout.split('\n').filter((line) => line.includes('error TS'))).toEqual([]);
  expect(status).toBe(0);
  expect(stdout).toContain('packages/core/src/browser.ts');
  expect(stdout).not.toContain('@types/node');
});

test('a client and answer() make a bundle of less than 24 kB, rxjs and the table of errors included', async () => {
  const { code } = await bundleText(`import { answer, createOllama } from '@millrace/core'; go(answer, createOllama);`);
  const size = { minified: code.length, gzipped: gzipSync(code, { level: 9 }).length };
  process.stderr.write(`createOllama and answer(): ${size.minified} bytes minified, ${size.gzipped} gzipped\n`);
  expect(size.minified).toBeGreaterThan(20_000); // it is there
  expect(size.gzipped).toBeLessThan(24 * 1024);
});
