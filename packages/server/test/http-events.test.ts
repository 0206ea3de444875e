import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { startHttpServer } from '@millrace/server';
import { runEvents } from '../src/http/events/run-events.ts';
import { createJournalAccess } from '../src/http/journal-access.ts';
import { eventsOf } from './support/event-stream.ts';
import { afterTest, folderWith, sceneOf } from './support/http-scene.ts';
import { writeJournal } from './support/write-journal.ts';

jest.setTimeout(120_000);

const typesOf = (text: string) => eventsOf(text).map(({ event }) => event);

describe('the events of a run', () => {
  test('come in the order in which rows ended, from its start to its end', async () => {
    const { get, run } = await sceneOf();
    const id = await run();
    const { status, headers, body } = await get(`/api/runs/${id}/events`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const events = eventsOf(body);
    expect(events.map(({ event, data }) => [event, data.type])).toEqual(
      ['run-start', ...Array(4).fill('row-end'), ...Array(2).fill('group-end'), 'run-end'].map((type) => [type, type]),
    );
    const sequences = events.slice(1, -1).map((event) => Number(event.id));
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(events[0]?.data).toMatchObject({ id, workflow: 'reviews', counts: { rows: 4 } });
    expect(
      events
        .slice(1, 5)
        .map(({ data }) => data.key)
        .sort(),
    ).toEqual(['a/1', 'b', 'c', 'd']);
    expect(events[1]?.data).toMatchObject({
      status: 'ok',
      place: expect.stringMatching(/^line \d$/),
      fields: { say: expect.any(String) },
      at: expect.any(String),
    });
    expect(events[5]?.data).toMatchObject({ step: 'sum', status: 'ok', count: 2, value: expect.any(String) });
    expect(events.at(-1)).toMatchObject({
      id: `${sequences.at(-1)}-end`,
      data: { status: 'done', counts: { ok: 4 }, duration_ms: expect.any(Number) },
    });
  });

  test('go on behind any id, of the query or of a browser that comes back', async () => {
    const { get, run } = await sceneOf();
    const id = await run();
    const all = eventsOf((await get(`/api/runs/${id}/events`)).body);
    for (const [index, { id: seen }] of all.entries()) {
      if (seen === undefined) continue;
      const rest = all.slice(index + 1).map(({ data }) => data);
      for (const answer of [
        await get(`/api/runs/${id}/events?after=${seen}`),
        await get(`/api/runs/${id}/events`, { 'last-event-id': seen }),
        await get(`/api/runs/${id}/events?after=-1`, { 'last-event-id': seen }),
      ]) {
        expect(eventsOf(answer.body).map(({ data }) => data)).toEqual(rest);
        // Who has seen the end need not come back.
        expect(answer.status).toBe(rest.length === 0 ? 204 : 200);
      }
    }
    for (const wrong of ['x', '1.5', '-2', '1-start', '9'.repeat(30)]) {
      expect((await get(`/api/runs/${id}/events?after=${wrong}`)).status).toBe(400);
      expect((await get(`/api/runs/${id}/events`, { 'last-event-id': wrong })).status).toBe(400);
    }
    expect((await get('/api/runs/nowhere/events')).body.error.code).toBe('RUN_NOT_FOUND');
  });

  test('come while the run works, whichever process executes it', async () => {
    const { server, journalPath } = await sceneOf();
    const written = await writeJournal(journalPath, { rows: 3, staysInWork: true });
    const response = await opened(`${server.url}/api/runs/last/events`);
    const seen = textOf(response);
    await seen.until((text) => typesOf(text).length === 4);
    await written.add(3);
    await seen.until((text) => typesOf(text).length === 5);
    expect(eventsOf(seen.text()).at(-1)).toMatchObject({ id: '3', data: { key: 'k3' } });
    await written.run.release();
    written.journal.close();
    await once(response, 'end');
    expect(eventsOf(seen.text()).at(-1)).toMatchObject({
      id: '3-end',
      data: { type: 'run-end', status: 'interrupted', counts: { rows: 4 } },
    });
  });

  test('begin again with the rows that a new pass takes over', async () => {
    const { get, post, run, ended } = await sceneOf({
      host: { faults: [undefined, undefined, { kind: 'status', status: 400, body: { error: 'no' } }] },
    });
    const id = await run();
    const before = eventsOf((await get(`/api/runs/${id}/events`)).body);
    const last = before.at(-1)?.id as string;
    await post(`/api/runs/${id}/retry`);
    await ended(id);
    const after = eventsOf((await get(`/api/runs/${id}/events?after=${last}`)).body);
    expect(
      after
        .filter(({ event }) => event === 'row-end')
        .map(({ data }) => [data.key, data.status])
        .sort(),
    ).toEqual(['a/1', 'b', 'c', 'd'].map((key) => [key, 'ok']));
    const whole = eventsOf((await get(`/api/runs/${id}/events`)).body);
    expect(whole.slice(1)).toEqual(after);
  });

  test('say that they are still there where nothing happens, and end with the server', async () => {
    const folder = await folderWith({});
    const path = join(folder, 'journal.db');
    const written = await writeJournal(path, { rows: 1, staysInWork: true });
    const access = createJournalAccess(path);
    const closing = new AbortController();
    const events = runEvents(access, written.id, { signal: closing.signal, pollMs: 5, heartbeatMs: 20 });
    const texts: string[] = [];
    for await (const text of events) {
      texts.push(text);
      if (texts.filter((one) => one.startsWith(':')).length === 2) closing.abort();
    }
    expect(texts.slice(0, 2).map((text) => text.slice(0, 12))).toEqual(['retry: 2000\n', 'event: run-s']);
    expect(texts.slice(2)).toEqual([': still here\n\n', ': still here\n\n']);
    await access.close();
    await written.run.release();
    written.journal.close();
  });
});

test('streams beyond 256 are refused, and there is room again when one has gone', async () => {
  const { server, journalPath, get } = await sceneOf();
  const written = await writeJournal(journalPath, { rows: 1, staysInWork: true });
  const url = `${server.url}/api/runs/last/events`;
  const streams: IncomingMessage[] = [];
  for (let count = 0; count < 256; count++) streams.push(await opened(url));
  const { status, body } = await get('/api/runs/last/events');
  expect([status, body.error.code]).toEqual([503, 'SERVER_BUSY']);
  expect((await get('/api/runs')).status).toBe(200);
  streams[0]?.destroy();
  const until = Date.now() + 10_000;
  let again = await opened(url);
  while (again.statusCode !== 200 && Date.now() < until) {
    again.destroy();
    await delay(20);
    again = await opened(url);
  }
  expect(again.statusCode).toBe(200);
  for (const stream of [...streams, again]) stream.destroy();
  await written.run.release();
  written.journal.close();
});

describe('a reader of events', () => {
  const rows = 200_000;
  let made: Promise<{ readonly path: string; readonly id: string }> | undefined;

  /** Written once for all tests of this kind, and removed with the last one. */
  const many = async () => {
    made ??= (async () => {
      const path = join(await mkdtemp(join(tmpdir(), 'millrace-many-')), 'journal.db');
      const written = await writeJournal(path, { rows, statusOf: () => 'ok', length: 200 });
      written.journal.close();
      return { path, id: written.id };
    })();
    return await made;
  };
  afterAll(async () => {
    if (made) await rm(dirname((await made).path), { recursive: true, force: true });
  });

  test('that never reads costs no more memory than one page, and holds nobody up', async () => {
    const { path } = await many();
    const { server, daemon } = await sceneOf();
    const other = await startHttpServer({
      daemon,
      journalPath: path,
      hosts: [],
      listen: { host: '127.0.0.1', port: 0 },
    });
    afterTest(() => other.close());
    expect(server.url).not.toBe(other.url);
    const idle: IncomingMessage[] = [];
    globalThis.gc?.();
    const before = process.memoryUsage();
    for (let count = 0; count < 20; count++) {
      const response = await opened(`${other.url}/api/runs/last/events`);
      response.pause();
      idle.push(response);
    }
    let highest = 0;
    for (let look = 0; look < 20; look++) {
      await delay(50);
      const began = performance.now();
      expect((await fetch(`${other.url}/api/runs`)).status).toBe(200);
      expect(performance.now() - began).toBeLessThan(2_000);
      highest = Math.max(highest, process.memoryUsage().rss - before.rss);
    }
    // Twenty whole streams would be 1.5 GB.
    expect(highest).toBeLessThan(150 * 1024 ** 2);
    for (const response of idle) response.destroy();
  });

  test('that reads slowly misses nothing', async () => {
    const { path, id } = await many();
    const { daemon } = await sceneOf();
    const server = await startHttpServer({
      daemon,
      journalPath: path,
      hosts: [],
      listen: { host: '127.0.0.1', port: 0 },
    });
    afterTest(() => server.close());
    const response = await opened(`${server.url}/api/runs/${id}/events`);
    let expected = 0;
    let rest = '';
    let chunks = 0;
    let end: string | undefined;
    for await (const chunk of response.setEncoding('utf8')) {
      if (++chunks % 100 === 0) await delay(5);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (!line.startsWith('id: ')) continue;
        if (line.endsWith('-end')) end = line;
        else if (line === `id: ${expected}`) expected++;
        else throw new Error(`${line} in the place of ${expected}`);
      }
    }
    expect([expected, end]).toEqual([rows, `id: ${rows - 1}-end`]);
  });

  test('that goes away is forgotten at once, and a server that closes lets all go', async () => {
    const { path } = await many();
    const { daemon } = await sceneOf();
    const server = await startHttpServer({
      daemon,
      journalPath: path,
      hosts: [],
      listen: { host: '127.0.0.1', port: 0 },
    });
    const first = await opened(`${server.url}/api/runs/last/events`);
    first.destroy();
    const second = await opened(`${server.url}/api/runs/last/events`);
    const closed = new Promise((resolve) => second.once('close', resolve));
    second.on('error', () => {});
    second.resume();
    await server.close();
    await closed;
    await server.close();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  });
});

async function opened(url: string): Promise<IncomingMessage> {
  const [response] = await once(httpGet(url, { agent: false }), 'response');
  return response as IncomingMessage;
}

function textOf(response: IncomingMessage) {
  let received = '';
  const waiting = new Set<() => void>();
  response.setEncoding('utf8').on('data', (chunk: string) => {
    received += chunk;
    for (const look of waiting) look();
  });
  return {
    text: () => received,
    until: (isSo: (text: string) => boolean) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (!isSo(received)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
