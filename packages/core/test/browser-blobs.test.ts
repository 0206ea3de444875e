import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Job, JobResult } from './browser/page.ts';
import { type BlobServer, startBlobServer } from './support/blob-server.ts';
import { bytesOfPage } from './support/bytes-of-page.ts';
import { places, type TestPage } from './support/open-page.ts';

const MiB = 1024 * 1024;
const digestOf = (length: number): string => `sha256:${createHash('sha256').update(bytesOfPage(length)).digest('hex')}`;

jest.setTimeout(120_000); // starting a browser may take long

describe.each(places)('in %s', (_, open) => {
  let page: TestPage;
  let server: BlobServer;
  beforeAll(async () => {
    page = await open();
  });
  afterAll(() => page.close());
  beforeEach(async () => {
    server = await startBlobServer(undefined, true);
  });
  afterEach(() => server.close());
  const upload = (length: number, as: 'array' | 'blob', more: Partial<Job> = {}): Promise<JobResult> =>
    page.run({ call: 'upload', bytes: { length, as }, options: { baseUrl: server.url }, ...more });

  test.each(['array', 'blob'] as const)('bytes given as %s are hashed in pieces and sent', async (as) => {
    const length = 2 * MiB + 3;
    const digest = digestOf(length);
    const status = `uploading ${digest.slice(7, 19)}`;
    expect(await upload(length, as)).toEqual({
      values: [
        { status: 'hashing', completed: MiB, total: length },
        { status: 'hashing', completed: 2 * MiB, total: length },
        { status: 'hashing', completed: length, total: length },
        { status, digest, completed: 0, total: length },
        { status: 'success', digest, completed: length, total: length },
      ],
    });
    expect(server.requests).toEqual([`HEAD /api/blobs/${digest}`, `POST /api/blobs/${digest}`]);
    expect(server.headers).toMatchObject({
      'content-length': String(length),
      'content-type': 'application/octet-stream',
    });
  });

  test('a digest is that of Node, whatever the length of the bytes', async () => {
    for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, MiB, MiB + 61]) {
      const { values } = await upload(length, 'array');
      expect(values.at(-1)).toEqual({ status: 'success', digest: digestOf(length), completed: length, total: length });
    }
  });

  test('a blob that the server has is not sent', async () => {
    server.blobs.add(digestOf(10));
    await upload(10, 'blob', { request: { digest: digestOf(10) } });
    expect(server.requests).toEqual([`HEAD /api/blobs/${digestOf(10)}`]);
    expect(
      (await page.run({ call: 'exists', request: digestOf(10), options: { baseUrl: server.url } })).values,
    ).toEqual([true]);
  });

  test('a wrong digest is the error of the server', async () => {
    const { error } = await upload(10, 'blob', { request: { digest: digestOf(11) } });
    expect(error).toMatchObject({ code: 'TRANSFER_FAILED', details: { kind: 'digest_mismatch' } });
  });

  test('a path is refused, and nothing is sent', async () => {
    const { error } = await page.run({ call: 'upload', options: { baseUrl: server.url }, path: '/etc/passwd' });
    expect(error).toMatchObject({ code: 'BAD_REQUEST' });
    expect(error?.message).toContain('a browser reads no file by its path, such as `/etc/passwd`');
    expect(server.requests).toEqual([]);
  });

  test('unsubscribing while a blob is sent closes its connection', async () => {
    const events = new EventEmitter();
    const slow = await startBlobServer((request) => {
      request.on('data', () => {
        request.pause();
        setTimeout(() => request.resume(), 10); // at this pace it would take seconds
        events.emit('piece');
      });
      request.once('close', () => events.emit('close', request.complete));
      return true;
    }, true);
    const begun = once(events, 'piece');
    const closed = once(events, 'close');
    const bytes = { length: 16 * MiB, as: 'blob' } as const;
    await page.start('sending', {
      call: 'upload',
      bytes,
      request: { digest: digestOf(1) },
      options: { baseUrl: slow.url },
    });
    await begun;
    await page.stop('sending');
    expect(await closed).toEqual([false]);
    await slow.close();
    expect((await page.resultOf('sending')).error).toBeUndefined();
  });
});
