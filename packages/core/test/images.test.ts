import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createOllama, type ImageSource, image } from '@millrace/core';
import { withoutRights } from '@millrace/testing';
import { assert, asyncProperty, uint8Array } from 'fast-check';
import { lastValueFrom } from 'rxjs';
import { errorOf, valuesOf } from './support/outcome.ts';
import { chunk, endOfChunks, final, streamHead } from './support/raw-server.ts';
import { useRawServer } from './support/use-raw-server.ts';

const { writing } = useRawServer();

const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00]);
const base64 = bytes.toString('base64');
let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-images-'));
  path = join(folder, 'cat.png');
  await writeFile(path, bytes);
});
afterAll(() => rm(folder, { recursive: true }));

/** A client, and the bodies that its server received. */
async function listening() {
  const bodies: unknown[] = [];
  const { url } = await writing((request) => {
    bodies.push(JSON.parse(request.slice(request.indexOf('\r\n\r\n'))));
    return streamHead + chunk(final) + endOfChunks;
  });
  return { bodies, ollama: createOllama({ baseUrl: url }) };
}

test('generate takes base64, data URLs, bytes, blobs, paths and file URLs, and does not change the request', async () => {
  const { bodies, ollama } = await listening();
  const view = new Uint8Array([7, ...bytes, 7]).subarray(1, -1);
  const url = pathToFileURL(path);
  const blob = new Blob([bytes]);
  const images: readonly ImageSource[] = [base64, `data:image/png;base64,${base64}`, view, blob, { path }, url];
  const request = Object.freeze({ model: 'm', prompt: 'What is it?', images: Object.freeze(images) });
  await valuesOf(ollama.generate(request));
  expect(bodies).toEqual([{ model: 'm', prompt: 'What is it?', images: Array(6).fill(base64), stream: true }]);
  expect(request.images).toEqual([base64, `data:image/png;base64,${base64}`, view, blob, { path }, url]);
});

test('chat takes them in each of its messages', async () => {
  const { bodies, ollama } = await listening();
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'One', images: [{ path }] },
    { role: 'user', content: 'Two', images: [base64, bytes] },
    { role: 'user', content: 'None', images: [] },
  ] as const;
  await valuesOf(ollama.chat({ model: 'm', messages }));
  expect(bodies).toEqual([
    {
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'One', images: [base64] },
        { role: 'user', content: 'Two', images: [base64, base64] },
        { role: 'user', content: 'None', images: [] },
      ],
      stream: true,
    },
  ]);
});

test('a file is read at each subscription, not before', async () => {
  const { bodies, ollama } = await listening();
  const late = join(folder, 'late.png');
  const answer$ = ollama.generate({ model: 'm', images: [{ path: late }] });
  await writeFile(late, 'one');
  await valuesOf(answer$);
  await writeFile(late, 'two');
  await valuesOf(answer$);
  expect(bodies).toMatchObject([
    { images: [Buffer.from('one').toString('base64')] },
    { images: [Buffer.from('two').toString('base64')] },
  ]);
});

test('a string is never taken for the name of a file', async () => {
  const { bodies, ollama } = await listening();
  await valuesOf(ollama.generate({ model: 'm', images: [path] }));
  expect(bodies).toMatchObject([{ images: [path] }]);
});

test('a missing file is FILE_NOT_FOUND with its name, and nothing is sent', async () => {
  const { bodies, ollama } = await listening();
  const missing = join(folder, 'missing.png');
  for (const source of [{ path: missing }, pathToFileURL(missing), { path: join(path, 'below-a-file') }]) {
    const error = await errorOf(ollama.generate({ model: 'm', images: [base64, source] }));
    expect(error).toMatchObject({ code: 'FILE_NOT_FOUND', retryable: false });
    expect(error.message).toContain(source instanceof URL ? missing : source.path);
  }
  expect(bodies).toEqual([]);
});

test('a folder is FILE_UNREADABLE with its name, and nothing is sent', async () => {
  const { bodies, ollama } = await listening();
  for (const source of [{ path: folder }, pathToFileURL(folder)]) {
    const error = await errorOf(
      ollama.chat({ model: 'm', messages: [{ role: 'user', content: '', images: [source] }] }),
    );
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', retryable: false, cause: { cause: { code: 'EISDIR' } } });
    expect(error.message).toBe(`An image of the request: \`${folder}\` is a folder.`);
  }
  expect(bodies).toEqual([]);
});

test('a file that may not be read is FILE_UNREADABLE with its name', async () => {
  const locked = join(folder, 'locked.png');
  await writeFile(locked, bytes);
  const error = await withoutRights(locked, () => errorOf(image({ path: locked })));
  expect(error).toMatchObject({ code: 'FILE_UNREADABLE', cause: { code: 'EACCES' } });
  expect(error.message).toContain(locked);
  expect(await lastValueFrom(image({ path: locked }))).toBe(base64);
});

test('a blob whose file was changed since is FILE_UNREADABLE', async () => {
  const changing = join(folder, 'changing.png');
  await writeFile(changing, bytes);
  const blob = await openAsBlob(changing);
  expect(await lastValueFrom(image(blob))).toBe(base64);
  await writeFile(changing, 'another one');
  expect(await errorOf(image(blob))).toMatchObject({ code: 'FILE_UNREADABLE', cause: { name: 'NotReadableError' } });
});

test('a blob whose file is gone, as browsers say it, is FILE_NOT_FOUND', async () => {
  class Gone extends Blob {
    override arrayBuffer = (): Promise<never> => Promise.reject(new DOMException('It is gone.', 'NotFoundError'));
  }
  expect(await errorOf(image(new Gone([])))).toMatchObject({ code: 'FILE_NOT_FOUND' });
});

test.each([
  ['a path that no system takes', { path: 'a\0b' }],
  ['a file URL of another machine', new URL('file://elsewhere.example/cat.png')],
  ['no path', {}],
  ['nothing', null],
])('%s is BAD_REQUEST', async (_, source) => {
  expect(await errorOf(image(source as ImageSource))).toMatchObject({ code: 'BAD_REQUEST' });
});

test('a name longer than any system has is of no file', async () => {
  expect(await errorOf(image({ path: join(folder, 'x'.repeat(5000)) }))).toMatchObject({ code: 'FILE_NOT_FOUND' });
});

test.each([
  'data:image/png,%89PNG',
  'data:image/png;base64',
  'data:',
  new URL('https://example.com/cat.png'),
  new URL('data:text/plain,cat'),
])('%s is BAD_REQUEST', async (source) => {
  const error = await errorOf(image(source));
  expect(error).toMatchObject({ code: 'BAD_REQUEST', hint: expect.stringContaining('{ path }') });
});

test.each([
  ['data:image/png;base64,AAAA', 'AAAA'],
  ['DATA:image/png;charset=x;BASE64, AAAA\n', 'AAAA'],
  ['data:;base64,', ''],
  ['AAAA', 'AAAA'],
  ['database', 'database'],
  ['', ''],
])('%j is sent as %j', async (source, sent) => {
  expect(await lastValueFrom(image(source))).toBe(sent);
});

test('whatever the bytes are, they arrive', async () => {
  await assert(
    asyncProperty(uint8Array({ maxLength: 300 }), async (content) => {
      const sent = await lastValueFrom(image(content));
      expect(new Uint8Array(Buffer.from(sent, 'base64'))).toEqual(content);
      expect(await lastValueFrom(image(`data:image/webp;base64,${sent}`))).toBe(sent);
    }),
  );
});

test('unsubscribing while a file is read sends nothing', async () => {
  const { bodies, ollama } = await listening();
  const seen: unknown[] = [];
  ollama
    .generate({ model: 'm', images: [{ path }] })
    .subscribe({ next: (value) => seen.push(value), error: (error) => seen.push(error) })
    .unsubscribe();
  await lastValueFrom(image({ path }));
  await valuesOf(ollama.generate({ model: 'm', prompt: 'after' }));
  expect(bodies).toMatchObject([{ prompt: 'after' }]);
  expect(seen).toEqual([]);
});
