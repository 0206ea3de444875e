import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { codes, type ErrorCode, MillraceError, OllamaError } from '@millrace/errors';
import { startHttpServer } from '@millrace/server';
import { errorAnswer } from '../src/http/error-answer.ts';
import { errorStatus } from '../src/http/error-status.ts';
import { afterTest, sceneOf } from './support/http-scene.ts';

jest.setTimeout(60_000);

describe('an error', () => {
  test('has a status for every code that there is, and there are no others', () => {
    expect(Object.keys(errorStatus).sort()).toEqual(Object.keys(codes).sort());
    for (const code of Object.keys(codes) as ErrorCode[]) {
      const { status, body } = errorAnswer(new MillraceError(code, 'What happened.'));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(body).toEqual({ error: { code, message: 'What happened.', hint: codes[code].hint } });
    }
  });

  test('that is none of ours tells nothing of itself', () => {
    for (const thrown of [
      new Error('secret'),
      new TypeError('secret'),
      'secret',
      undefined,
      null,
      { statusCode: 200, message: 'secret' },
    ]) {
      const answer = errorAnswer(thrown);
      expect([answer.status, answer.body.error.code]).toEqual([500, 'INTERNAL']);
      expect(JSON.stringify(answer)).not.toContain('secret');
    }
  });

  test('of a host keeps what the server said in its log only as far as the message', () => {
    const error = new OllamaError('SERVER_ERROR', 'It failed.', { partial: { text: 'long answer', thinking: '' } });
    expect(JSON.stringify(errorAnswer(error))).not.toContain('long answer');
  });
});

test('a journal that cannot be read is told, noted with its cause, and read again when it is mended', async () => {
  const { get, run, journalPath, logged, daemon } = await sceneOf();
  await run();
  await daemon.stop();
  await get('/api/runs');
  await rename(journalPath, `${journalPath}.good`);
  expect((await get('/api/runs')).body).toEqual({ runs: [] });
  await writeFile(journalPath, 'this is no journal at all, whatever it is called');
  for (const path of ['/api/runs', '/api/runs/last', '/api/runs/last/events', '/metrics']) {
    expect(await get(path)).toMatchObject({ status: 500, body: { error: { code: 'JOURNAL_CORRUPT' } } });
  }
  expect((await get('/healthz')).status).toBe(200);
  expect(logged).toContainEqual(
    expect.objectContaining({
      level: 'error',
      msg: 'failed',
      error: expect.objectContaining({ code: 'JOURNAL_CORRUPT', cause: expect.anything() }),
    }),
  );
  await rm(journalPath);
  await rename(`${journalPath}.good`, journalPath);
  expect((await get('/api/runs')).body.runs).toHaveLength(1);
});

test('a server whose journal cannot be read lives, and is not ready', async () => {
  const { daemon, folder } = await sceneOf();
  const journalPath = join(folder, 'other.db');
  await writeFile(journalPath, 'this is no journal at all, whatever it is called');
  const server = await startHttpServer({ daemon, journalPath, hosts: [], listen: { host: '127.0.0.1', port: 0 } });
  afterTest(() => server.close());
  const statusOf = async (path: string): Promise<number> => (await fetch(server.url + path)).status;
  expect(await statusOf('/readyz')).toBe(500);
  expect(await statusOf('/healthz')).toBe(200);
  await rm(journalPath);
  expect(await statusOf('/readyz')).toBe(200);
});
