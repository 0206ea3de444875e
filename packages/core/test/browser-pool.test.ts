import { createContext, Script } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { bundleText } from './support/bundle-page.ts';
import { useFakes } from './support/use-fakes.ts';
import { webGlobals } from './support/web-globals.ts';

const start = useFakes();

/** What a page of this script has in `globalThis.result`. */
async function runPage<T>(contents: string): Promise<T> {
  const { code } = await bundleText(contents);
  const context = createContext(webGlobals('http://localhost')) as { result: Promise<T> };
  new Script(code).runInContext(context);
  return context.result;
}

test('a page has pools: the host with the model is chosen, and one that is gone is replaced', async () => {
  const [lacks, has] = [await start({ models: ['other'] }), await start()];
  const gone = await start();
  await gone.close();
  const { contents, hosts } = await runPage<{ contents: string[]; hosts: object[] }>(`
    import { answer, createPool } from '@millrace/core';
    import { concatMap, lastValueFrom, map, range, toArray } from 'rxjs';
    const pool = createPool(${JSON.stringify([gone.url, lacks.url, has.url])}, { health: { accidents: 2 } });
    const call = pool.generate({ model: 'gemma3:270m', prompt: 'Why?' }).pipe(answer(), map(({ content }) => content));
    globalThis.result = lastValueFrom(range(5).pipe(concatMap(() => call), toArray())).then((contents) => {
      const { hosts } = pool;
      pool.close();
      return { contents, hosts };
    });
  `);
  expect(contents).toHaveLength(5);
  for (const content of contents) expect(content).toMatch(/^Answer [0-9a-f]{8} to: Why\?$/);
  expect(has.requests.filter(({ path }) => path === '/api/generate')).toHaveLength(5);
  expect(lacks.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  expect(hosts).toMatchObject([{ isUp: false }, { isUp: true }, { isUp: true, loaded: ['gemma3:270m'] }]);
});

test('a pool makes a bundle larger by less than 8 kB', async () => {
  const sizeOf = async (names: string): Promise<number> => {
    const { code } = await bundleText(`import { ${names} } from '@millrace/core'; go(${names});`);
    return gzipSync(code, { level: 9 }).length;
  };
  const more = (await sizeOf('answer, createOllama, createPool')) - (await sizeOf('answer, createOllama'));
  process.stderr.write(`createPool: ${more} bytes gzipped beside createOllama and answer()\n`);
  expect(more).toBeGreaterThan(1000); // it is there
  expect(more).toBeLessThan(8 * 1024);
});
