import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, readlink, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type BlobProgress, createOllama } from '@millrace/core';
import { withoutRights } from '@millrace/testing';
import { lastValueFrom, reduce, tap } from 'rxjs';
import { type BlobServer, type Instead, startBlobServer } from './support/blob-server.ts';
import { long } from './support/long.ts';
import { startMemoryGauge } from './support/memory-gauge.ts';
import { errorOf, valuesOf } from './support/outcome.ts';

const MiB = 1024 * 1024;
const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

let folder: string;
let server: BlobServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-blobs-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => server.close());

async function fileOf(bytes: Uint8Array, name = 'model.gguf'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function start(instead?: Instead) {
  server = await startBlobServer(instead);
  return createOllama({ baseUrl: server.url }).blobs;
}

const bytes = Buffer.alloc(2.5 * MiB, 'model');

test('a file is hashed, asked for, sent with its length, and told of by the piece', async () => {
  const blobs = await start();
  const rows = await valuesOf(blobs.upload(await fileOf(bytes)));
  const digest = digestOf(bytes);
  const total = bytes.length;
  const status = `uploading ${digest.slice(7, 19)}`;
  expect(rows).toEqual([
    { status: 'hashing', completed: MiB, total },
    { status: 'hashing', completed: 2 * MiB, total },
    { status: 'hashing', completed: total, total },
    { status, digest, completed: MiB, total },
    { status, digest, completed: 2 * MiB, total },
    { status, digest, completed: total, total },
    { status: 'success', digest, completed: total, total },
  ]);
  expect(server.requests).toEqual([`HEAD /api/blobs/${digest}`, `POST /api/blobs/${digest}`]);
  expect(server.headers).toMatchObject({
    'content-length': String(total),
    'content-type': 'application/octet-stream',
  });
  expect([...server.blobs]).toEqual([digest]);
});

test('bytes and a file URL are sent as a file is, one subscription after the other', async () => {
  const blobs = await start();
  const url = pathToFileURL(await fileOf(bytes, 'name with blanks.gguf'));
  const view = new Uint8Array(new Uint8Array([9, 1, 2, 3, 9]).buffer, 1, 3);
  const upload$ = blobs.upload(view);
  expect((await lastValueFrom(upload$)).digest).toBe(digestOf(Uint8Array.of(1, 2, 3)));
  expect((await lastValueFrom(upload$)).status).toBe('success');
  expect((await lastValueFrom(blobs.upload(url))).digest).toBe(digestOf(bytes));
  expect(server.requests.filter((line) => line.startsWith('POST'))).toHaveLength(2);
});

test('a Blob is sent as a file is', async () => {
  const blobs = await start();
  const rows = await valuesOf(blobs.upload(new Blob([bytes])));
  const digest = digestOf(bytes);
  const total = bytes.length;
  expect(rows.at(-2)).toEqual({ status: `uploading ${digest.slice(7, 19)}`, digest, completed: total, total });
  expect(rows.at(-1)).toEqual({ status: 'success', digest, completed: total, total });
  expect([...server.blobs]).toEqual([digest]);
});

test('nothing is sent of a blob that is there', async () => {
  const blobs = await start();
  server.blobs.add(digestOf(bytes));
  const rows = await valuesOf(blobs.upload(bytes, { digest: digestOf(bytes) }));
  expect(rows).toEqual([{ status: 'success', digest: digestOf(bytes), completed: bytes.length, total: bytes.length }]);
  expect(server.requests).toEqual([`HEAD /api/blobs/${digestOf(bytes)}`]);
});

test.each([0, 1, MiB, MiB + 1])('a file of %i bytes arrives whole', async (size) => {
  const blobs = await start();
  const content = Buffer.alloc(size, 'x');
  const last = await lastValueFrom(blobs.upload(await fileOf(content)));
  expect(last).toEqual({ status: 'success', digest: digestOf(content), completed: size, total: size });
  expect([...server.blobs]).toEqual([digestOf(content)]);
});

test('a digest that does not fit is TRANSFER_FAILED in the words of the server', async () => {
  const blobs = await start();
  const error = await errorOf(blobs.upload(bytes, { digest: `sha256:${'0'.repeat(64)}` }));
  expect(error).toMatchObject({ code: 'TRANSFER_FAILED', details: { kind: 'digest_mismatch', status: 400 } });
});

test.each(['', 'sha256:xyz', 'sha256:../../x', `md5:${'0'.repeat(64)}`])(
  '`%s` is no digest, and nothing is sent',
  async (text) => {
    const blobs = await start();
    expect(await errorOf(blobs.exists(text))).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await errorOf(blobs.upload(bytes, { digest: text }))).toMatchObject({ code: 'BAD_REQUEST' });
    expect(server.requests).toEqual([]);
  },
);

test('a file that is missing is FILE_NOT_FOUND with its name, a folder is FILE_UNREADABLE', async () => {
  const blobs = await start();
  const missing = join(folder, 'missing.gguf');
  const error = await errorOf(blobs.upload(missing));
  expect(error).toMatchObject({ code: 'FILE_NOT_FOUND', retryable: false, cause: { code: 'ENOENT' } });
  expect(error.message).toContain(missing);
  const folderError = await errorOf(blobs.upload(folder));
  expect(folderError).toMatchObject({ code: 'FILE_UNREADABLE', retryable: false });
  expect(folderError.message).toContain(`\`${folder}\` is not a file.`);
  expect(server.requests).toEqual([]);
});

test('a file that may not be read is FILE_UNREADABLE, before it is hashed and before it is sent', async () => {
  const blobs = await start();
  const path = await fileOf(bytes, 'locked.gguf');
  const locked = { code: 'FILE_UNREADABLE', cause: { code: 'EACCES' } };
  expect(await withoutRights(path, () => errorOf(blobs.upload(path)))).toMatchObject(locked);
  expect(server.requests).toEqual([]);
  const digest = digestOf(bytes);
  expect(await withoutRights(path, () => errorOf(blobs.upload(path, { digest })))).toMatchObject(locked);
  expect([...server.blobs]).toEqual([]);
  expect((await lastValueFrom(blobs.upload(path))).status).toBe('success');
});

test('what names no file is BAD_REQUEST', async () => {
  const blobs = await start();
  for (const source of ['a\0b', new URL('https://example.com/model.gguf'), null as unknown as string])
    expect(await errorOf(blobs.upload(source))).toMatchObject({ code: 'BAD_REQUEST' });
  expect(server.requests).toEqual([]);
});

test('a file that becomes shorter while it is sent is FILE_UNREADABLE, and the connection is closed', async () => {
  const blobs = await start();
  const path = await fileOf(Buffer.alloc(40 * MiB), 'shrinking');
  const upload = blobs.upload(path, { digest: digestOf(bytes) }).pipe(
    tap(({ completed }) => {
      if (completed === MiB) void truncate(path, 2 * MiB);
    }),
  );
  const error = await errorOf(upload);
  expect(error).toMatchObject({ code: 'FILE_UNREADABLE', retryable: false });
  expect(error.message).toContain('became shorter');
  expect([...server.blobs]).toEqual([]);
});

test('a server that answers early, as to a blob that someone else has brought, has the blob', async () => {
  const big = Buffer.alloc(30 * MiB);
  const blobs = await start((request, _, there) => {
    there.add(digestOf(big));
    request.socket.resetAndDestroy();
    return true;
  });
  const rows = await valuesOf(blobs.upload(big));
  expect(rows.at(-1)?.status).toBe('success');
  expect(server.requests.map((line) => line.slice(0, 4))).toEqual(['HEAD', 'POST', 'HEAD']);
});

test('a server that breaks the upload off without having the blob is an error, and the file is closed', async () => {
  const blobs = await start((request) => {
    request.once('data', () => request.socket.resetAndDestroy());
    return true;
  });
  const path = await fileOf(Buffer.alloc(30 * MiB), 'big');
  expect(['OLLAMA_UNREACHABLE', 'STREAM_TRUNCATED']).toContain((await errorOf(blobs.upload(path))).code);
  expect(await openFilesOf(path)).toBe(0);
});

test('a refusal in the middle of the upload is its error, and ends the sending', async () => {
  const blobs = await start((_, response) => {
    response.writeHead(413, { connection: 'close' }).end('Request Entity Too Large');
    return true;
  });
  const error = await errorOf(blobs.upload(Buffer.alloc(30 * MiB)));
  expect(error).toMatchObject({ code: 'BAD_REQUEST', details: { kind: 'too_large', status: 413 } });
});

test('unsubscribing while the file is sent closes connection and file', async () => {
  const blobs = await start(() => true); // reads nothing, so that the sending waits
  const path = await fileOf(Buffer.alloc(30 * MiB), 'waiting');
  const digest = digestOf(bytes);
  const first = new Promise<BlobProgress>((resolve, reject) => {
    const upload = blobs.upload(path, { digest }).subscribe({
      next: (row) => {
        resolve(row);
        upload.unsubscribe();
      },
      error: reject,
    });
  });
  expect((await first).completed).toBe(MiB);
  const socket = server.sockets.at(-1);
  socket?.resume();
  if (!socket?.destroyed) await once(socket as NonNullable<typeof socket>, 'close');
  expect(await openFilesOf(path)).toBe(0);
});

test('unsubscribing while the file is hashed closes it, and asks the server nothing', async () => {
  const blobs = await start();
  const path = await fileOf(Buffer.alloc(30 * MiB), 'hashing');
  await new Promise<void>((resolve) => {
    const upload = blobs.upload(path).subscribe(() => {
      upload.unsubscribe();
      resolve();
    });
  });
  expect(await openFilesOf(path)).toBe(0);
  expect(server.requests).toEqual([]);
});

test('a kept connection that turns out to be closed is replaced, and the file sent from its start', async () => {
  let resets = 0;
  const content = Buffer.alloc(3 * MiB, 'y');
  const blobs = await start((request) => {
    if (server.blobs.size !== 1 || resets > 0) return false;
    resets += 1;
    request.socket.resetAndDestroy();
    return true;
  });
  await lastValueFrom(blobs.upload(bytes)); // leaves the connections of HEAD and POST
  const rows = await valuesOf(blobs.upload(content));
  expect(resets).toBe(1);
  expect(rows.at(-1)).toMatchObject({ status: 'success', completed: content.length });
  expect([...server.blobs]).toEqual([digestOf(bytes), digestOf(content)]);
});

test('a large file is sent in constant memory', async () => {
  const size = (long ? 2000 : 200) * MiB;
  const blobs = await start();
  const path = join(folder, 'large');
  const file = await open(path, 'w');
  await file.truncate(size); // a hole: it reads as zeros, and takes no room
  await file.close();
  const gauge = startMemoryGauge();
  const rows = await lastValueFrom(
    blobs.upload(path).pipe(
      reduce((count) => {
        if (count % 50 === 0) gauge.look();
        return count + 1;
      }, 0),
    ),
  );
  expect(rows).toBe((2 * size) / MiB + 1);
  expect(server.blobs.size).toBe(1);
  expect(gauge.most()).toBeLessThan(80 * MiB); // what is on its way, on both ends, of any size
}, 120_000);

/** How many descriptors of this process are open on a file, where the system lists them; reading in flight is waited for. */
async function openFilesOf(path: string): Promise<number> {
  if (!existsSync('/proc/self/fd')) return 0;
  let count = 0;
  for (let tries = 0; tries < 200; tries += 1) {
    const links = await Promise.all(
      (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    );
    count = links.filter((link) => link === path).length;
    if (count === 0) return 0;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return count;
}
