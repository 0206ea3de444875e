import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, jest, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { startHttpServer } from '@millrace/server';
import { broken, nightly, reviewRows, reviews, sceneOf } from './support/http-scene.ts';
import { rawRequest } from './support/raw-request.ts';

jest.setTimeout(60_000);

const files = {
  'reviews.yaml': reviews,
  'reviews.csv': reviewRows,
  'night/nightly.yaml': nightly,
  'broken.yaml': broken,
};

describe('a request from elsewhere', () => {
  test('under another name is refused, whatever it asks (rebinding)', async () => {
    const { server } = await sceneOf({ files });
    const { port } = new URL(server.url);
    const hosts = ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${Number(port) + 1}`, '127.0.0.1.'];
    for (const host of [
      ...hosts,
      `localhost:${port}.evil.example`,
      `localhost:${port}:${port}`,
      `a@127.0.0.1:${port}`,
    ]) {
      for (const path of ['/healthz', '/api/runs', '/api/runs/last/events', '/metrics', '/openapi.json', '/nothing']) {
        const { status, text } = await rawRequest(server.url + path, { headers: { host } });
        expect([host, path, status]).toEqual([host, path, 403]);
        expect(JSON.parse(text).error.code).toBe('REQUEST_REFUSED');
      }
    }
    for (const host of ['127.0.0.1', 'localhost', 'LocalHost', '[::1]']) {
      const { status } = await rawRequest(`${server.url}/healthz`, { headers: { host: `${host}:${port}` } });
      expect([host, status]).toEqual([host, 200]);
    }
  });

  test('under no name is refused', async () => {
    const { server } = await sceneOf({ files });
    expect(await say(server.url, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await say(server.url, 'GET /healthz HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 40[03] /,
    );
    expect(await say(server.url, 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('under a name that was given is answered', async () => {
    const { server } = await sceneOf({ files, names: ['millrace.example', 'box:8080'] });
    const statusAs = async (host: string) => (await rawRequest(`${server.url}/healthz`, { headers: { host } })).status;
    expect(await statusAs('millrace.example')).toBe(200);
    expect(await statusAs('Millrace.Example:443')).toBe(200);
    expect(await statusAs('box:8080')).toBe(200);
    expect(await statusAs('box')).toBe(403);
    expect(await statusAs('other.millrace.example')).toBe(403);
  });

  test('by a page of another origin changes nothing, and no answer lets it read', async () => {
    const { server, get, post, fake } = await sceneOf({ files });
    const { host, port } = new URL(server.url);
    const origins = [
      'https://evil.example',
      'null',
      `http://127.0.0.1:${Number(port) + 1}`,
      `http://localhost:${port}`,
      `http://${host}.evil.example`,
      `http://evil.example@${host}`,
      `http://${host}/`,
    ];
    for (const origin of origins) {
      for (const method of ['POST', 'OPTIONS', 'PUT', 'DELETE']) {
        const { status, headers } = await rawRequest(`${server.url}/api/runs`, {
          method,
          headers: { origin, 'content-type': 'application/json' },
          ...(method === 'POST' && { body: '{"workflow":"reviews.yaml"}' }),
        });
        expect([origin, method, status]).toEqual([origin, method, 403]);
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
      const seen = await get('/api/runs', { origin });
      expect([seen.status, seen.headers.get('access-control-allow-origin')]).toEqual([200, null]);
    }
    for (const path of ['/api/runs', '/healthz']) {
      const { status } = await rawRequest(server.url + path, { headers: { 'sec-fetch-site': 'cross-site' } });
      expect(status).toBe(403);
    }
    expect((await get('/api/runs')).body).toEqual({ runs: [] });
    expect(fake.requests).toHaveLength(0);
    const own = await post(
      '/api/runs',
      { workflow: 'reviews.yaml' },
      { origin: server.url, 'sec-fetch-site': 'same-origin' },
    );
    expect(own.status).toBe(201);
  });

  test('as a form of a page can send it is refused before its body is read', async () => {
    const { server, get } = await sceneOf({ files });
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
      '',
    ];
    for (const type of types) {
      const { status, text } = await rawRequest(`${server.url}/api/runs`, {
        method: 'POST',
        headers: type === '' ? {} : { 'content-type': type },
        body: '{"workflow":"reviews.yaml"}',
      });
      expect([type, status, JSON.parse(text).error.code]).toEqual([type, 415, 'USAGE_INVALID']);
    }
    expect((await get('/api/runs')).body).toEqual({ runs: [] });
  });
});

describe('a token', () => {
  const token = 'correct-horse';

  test('is asked for everywhere but for health, and what lacks it learns nothing', async () => {
    const { server, get } = await sceneOf({ files, token });
    const wrong = [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: token },
      { authorization: `Basic ${btoa(`:${token}`)}` },
    ];
    for (const headers of [...wrong, { authorization: `Bearer ${token}x` }, { authorization: 'Bearer ' }]) {
      for (const path of [
        '/api/workflows',
        '/api/runs/x',
        '/metrics',
        '/openapi.json',
        '/nothing',
        '/api/runs/last/events',
      ]) {
        const { status, headers: sent, text } = await rawRequest(server.url + path, { headers });
        expect([path, status, sent['www-authenticate']]).toEqual([path, 401, 'Bearer realm="millrace"']);
        expect(JSON.parse(text).error.code).toBe('REQUEST_REFUSED');
        expect(text).not.toContain(token);
      }
    }
    for (const path of ['/healthz', '/readyz']) expect((await rawRequest(server.url + path)).status).toBe(200);
    expect((await get('/api/workflows')).status).toBe(200);
    expect((await get('/openapi.json')).body.security).toEqual([{ token: [] }]);
  });

  test('is needed where others can reach the server', async () => {
    const { daemon, journalPath } = await sceneOf({ files });
    const start = (host: string, given?: string) =>
      startHttpServer({ daemon, journalPath, hosts: [], listen: { host, port: 0 }, token: given });
    for (const host of ['0.0.0.0', '::', '[::]', '', '192.0.2.1', '0']) {
      await expect(start(host)).rejects.toMatchObject({ code: 'USAGE_INVALID' });
    }
    await expect(start('127.0.0.1', '')).rejects.toMatchObject({ code: 'USAGE_INVALID' });
    await expect(start('127.0.0.1', 'two words')).rejects.toMatchObject({ code: 'USAGE_INVALID' });
    const open = await start('0.0.0.0', token);
    const { port } = new URL(open.url);
    const answered = await rawRequest(`http://127.0.0.1:${port}/api/runs`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answered.status).toBe(200);
    await open.close();
  });

  test('and what hosts are called with are in no answer and no line of the log', async () => {
    const secret = createOllama({
      baseUrl: 'http://user:hunter2@127.0.0.1:9',
      headers: { authorization: 'Bearer sesame' },
    });
    const { get, post, logged } = await sceneOf({ files, token, others: [secret] });
    await post('/api/runs', '{"workflow":"reviews.yaml","inputs":{"tone":"confidential"}}');
    const answers = await Promise.all(
      [
        '/api/hosts',
        '/api/models',
        '/metrics',
        '/openapi.json',
        '/api/runs/confidential',
        '/api/runs?workflow=confidential',
      ].map((path) => get(path)),
    );
    const said = JSON.stringify([answers.map(({ body }) => body), logged]);
    for (const word of [token, 'hunter2', 'sesame']) expect(said).not.toContain(word);
    expect(JSON.stringify(logged)).not.toContain('confidential');
    expect(logged.filter(({ msg }) => msg === 'answered').length).toBeGreaterThanOrEqual(7);
    secret.close();
  });
});

describe('what leads elsewhere', () => {
  const tricks = [
    '../../etc/passwd',
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e/%2e%2e/etc/passwd',
    '%2Fetc%2Fpasswd',
    'reviews.yaml%00',
    'reviews.yaml%00.yaml',
    'night/../reviews.yaml',
    'night%2F..%2Freviews.yaml',
    './reviews.yaml',
    '/reviews.yaml',
    'night\\nightly.yaml',
    'reviews.csv',
    '__proto__',
    '%252e%252e%252freviews.yaml',
  ];

  test('finds no workflow, no run and no row', async () => {
    const { server, run } = await sceneOf({ files });
    await run();
    for (const trick of tricks) {
      for (const path of [
        `/api/workflows/${trick}`,
        `/api/runs/${trick}`,
        `/api/runs/last/rows/${trick}`,
        `/api/schedules/${trick}`,
      ]) {
        const { status, headers, text } = await rawRequest(server.url, { path });
        expect([path, status]).toEqual([path, 404]);
        expect(headers['content-type']).toBe('application/json; charset=utf-8');
        expect(text).not.toContain('root:');
      }
    }
  });

  test('starts nothing', async () => {
    const { get, post, folder } = await sceneOf({ files });
    for (const trick of [...tricks.map(decodeURIComponent), `${folder}/reviews.yaml`, '']) {
      for (const path of ['/api/runs', '/api/schedules/trigger', '/api/schedules/pause', '/api/schedules/resume']) {
        const { status } = await post(path, { workflow: trick });
        expect([trick, path, status]).toEqual([trick, path, trick === '' ? 400 : 404]);
      }
    }
    expect((await get('/api/runs')).body).toEqual({ runs: [] });
  });
});

describe('a body', () => {
  /** Sends a head, and then a body for as long as it is let; gives what came back, and how much was taken. */
  async function pour(url: string, head: string, chunk: (size: number) => string) {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    let received = '';
    let isOver = false;
    socket.setEncoding('utf8').on('data', (text) => {
      received += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      isOver = true;
    });
    socket.write(`POST /api/runs HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n${head}\r\n\r\n`);
    const block = chunk(64 * 1024);
    const wanted = 1024 ** 3;
    let sent = 0;
    while (!isOver && sent < wanted) {
      if (!socket.write(block)) {
        await new Promise<void>((resolve) => {
          socket.once('drain', resolve).once('close', () => resolve());
        });
      }
      sent += block.length;
    }
    socket.destroy();
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(received)?.[1]), sent, received };
  }

  test('of a gigabyte is refused, and is not read', async () => {
    const { server, get } = await sceneOf({ files });
    const before = process.memoryUsage().rss;
    const { status, sent, received } = await pour(server.url, `Content-Length: ${1024 ** 3}`, (size) =>
      'x'.repeat(size),
    );
    expect(status).toBe(413);
    expect(received).toContain('"code":"USAGE_INVALID"');
    expect(sent).toBeLessThan(64 * 1024 ** 2); // what the buffers of two sockets take
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 ** 2);
    expect((await get('/healthz')).status).toBe(200);
  });

  test('without end, in pieces, is refused as soon as it is too long', async () => {
    const { server, get } = await sceneOf({ files });
    const piece = (size: number) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`;
    const { status, sent } = await pour(server.url, 'Transfer-Encoding: chunked', piece);
    expect(status).toBe(413);
    expect(sent).toBeLessThan(64 * 1024 ** 2);
    expect((await get('/healthz')).status).toBe(200);
  });

  test('that comes with a request that has no use for it is not waited for', async () => {
    const { server } = await sceneOf({ files });
    const { hostname, port, host } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000000000\r\n\r\n`);
    let received = '';
    socket.setEncoding('utf8').on('data', (text) => {
      received += text;
    });
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('that is no JSON, or would change prototypes, is refused', async () => {
    const { post } = await sceneOf({ files });
    for (const body of [
      '{',
      'x',
      '{"workflow":"reviews.yaml","__proto__":{"a":1}}',
      '{"workflow":"reviews.yaml","constructor":{"prototype":{}}}',
    ]) {
      const { status, body: answer } = await post('/api/runs', body);
      expect([body, status, answer.error.code]).toEqual([body, 400, 'USAGE_INVALID']);
    }
  });
});

test('what is no HTTP, or has headers without end, is told so in one form', async () => {
  const { server, get } = await sceneOf({ files });
  const { host } = new URL(server.url);
  const long = await say(server.url, `GET / HTTP/1.1\r\nHost: ${host}\r\nX: ${'x'.repeat(64 * 1024)}\r\n\r\n`);
  expect(long).toMatch(/^HTTP\/1\.1 431 /);
  for (const answer of [long, await say(server.url, 'what is this\r\n\r\n')]) {
    expect(answer).toContain('x-content-type-options: nosniff');
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))).error.code).toBe('USAGE_INVALID');
  }
  expect((await get('/healthz')).status).toBe(200);
});

test('a request whose headers never end is not waited for', async () => {
  const { server, get } = await sceneOf({ files });
  const startedAt = performance.now();
  const answer = await say(server.url, `GET /healthz HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(performance.now() - startedAt).toBeLessThan(25_000);
  expect((await get('/healthz')).status).toBe(200);
});

test('every answer says that it is data and is not to be kept, errors too', async () => {
  const { get, run } = await sceneOf({ files });
  await run();
  const paths = [
    '/api/runs',
    '/api/runs/last/events',
    '/metrics',
    '/healthz',
    '/nothing',
    '/api/workflows/%ZZ',
    '/api/runs?limit=x',
  ];
  for (const path of paths) {
    const { headers } = await get(path);
    expect([path, headers.get('x-content-type-options'), headers.get('cache-control')]).toEqual([
      path,
      'nosniff',
      'no-store',
    ]);
    expect(headers.get('content-type')).not.toContain('html');
  }
});

/** Says something to a server, and hears it out. */
async function say(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    received += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return received;
}
