import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { createOllama, type OllamaOptions } from '@millrace/core';
import { isMillraceError } from '@millrace/errors';
import { tap } from 'rxjs';
import { errorOf, outcomeOf, valuesOf } from './support/outcome.ts';
import { type ProxyServer, type ProxyServerOptions, startProxyServer } from './support/proxy-server.ts';
import { peerClosed } from './support/raw-server.ts';
import { testCertificate } from './support/test-certificate.ts';
import { startTlsServer, type TlsServer } from './support/tls-server.ts';
import { request, useRawServer, wholeStream } from './support/use-raw-server.ts';

const { start, writing } = useRawServer();
const closing: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

async function proxyServer(options?: ProxyServerOptions): Promise<ProxyServer> {
  const proxy = await startProxyServer(options);
  closing.push(proxy);
  return proxy;
}

async function tlsServer(options?: { ended: boolean }): Promise<TlsServer> {
  const server = await startTlsServer(options);
  closing.push(server);
  return server;
}

function client(options: OllamaOptions) {
  const ollama = createOllama({ tls: { ca: testCertificate.ca }, ...options });
  closing.push(ollama);
  return ollama;
}

const secret = 'p@ss:w%rd';
const withCredentials = (url: string): string => url.replace('://', `://me:${encodeURIComponent(secret)}@`);

test('plain http goes to the proxy with its whole URL, and the server does not see the credentials', async () => {
  const received: string[] = [];
  const server = await writing((text) => {
    received.push(text);
    return wholeStream;
  });
  const proxy = await proxyServer({ credentials: `me:${secret}` });
  const baseUrl = `http://ollama.test:${server.port}/prefix`;
  const ollama = client({ baseUrl, proxy: withCredentials(proxy.url) });
  for (let round = 0; round < 2; round += 1) expect(await valuesOf(ollama.generate(request))).toHaveLength(2);
  const line = `POST http://ollama.test:${server.port}/prefix/api/generate`;
  expect(proxy.requests.map((one) => one.line)).toEqual([line, line]);
  expect(proxy.sockets).toHaveLength(1);
  expect(received[0]?.split('\r\n')[0]).toBe('POST /prefix/api/generate HTTP/1.1');
  expect(received[0]).toMatch(new RegExp(`host: ollama\\.test:${server.port}`, 'i'));
  expect(received.join('\n')).not.toMatch(/proxy-authorization/i);
});

test('https goes through a tunnel, which sees nothing of it, and which is kept', async () => {
  const server = await tlsServer();
  const proxy = await proxyServer({ credentials: `me:${secret}` });
  const ollama = client({
    baseUrl: `https://ollama.test:${server.port}`,
    proxy: withCredentials(proxy.url),
    headers: { authorization: 'Bearer k3y' },
  });
  for (let round = 0; round < 3; round += 1) {
    expect((await valuesOf(ollama.generate(request))).map(({ response }) => response)).toEqual(['héllo', '']);
  }
  expect(proxy.requests).toEqual([
    {
      line: `CONNECT ollama.test:${server.port}`,
      authorization: `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`,
    },
  ]);
  expect(server.requests).toHaveLength(3);
  expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer k3y' });
  expect(server.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  expect(Buffer.concat(proxy.tunnelled).includes('k3y')).toBe(false);
});

test.each(['other.test', '127.0.0.2'])('the certificate behind a tunnel must be one for %s', async (host) => {
  const server = await tlsServer();
  const proxy = await proxyServer();
  const error = await errorOf(client({ baseUrl: `https://${host}:${server.port}`, proxy: proxy.url }).version());
  expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE', cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
  expect(proxy.requests).toHaveLength(1);
  expect(server.requests).toEqual([]);
});

test('a large body goes through a tunnel in both directions', async () => {
  const server = await tlsServer();
  const proxy = await proxyServer();
  const prompt = 'é'.repeat(2_000_000);
  const ollama = client({ baseUrl: server.url, proxy: proxy.url });
  expect(await valuesOf(ollama.generate({ model: 'm', prompt }))).toHaveLength(2);
  expect(server.requests[0]?.headers['content-length']).toBe(
    String(Buffer.byteLength(JSON.stringify({ model: 'm', prompt, stream: true }))),
  );
});

test('a proxy that speaks TLS itself is used in both ways', async () => {
  const proxy = await proxyServer({ secure: true });
  const plain = await writing(wholeStream);
  const secure = await tlsServer();
  for (const baseUrl of [`http://127.0.0.1:${plain.port}`, secure.url]) {
    expect(await valuesOf(client({ baseUrl, proxy: proxy.url }).generate(request))).toHaveLength(2);
  }
  expect(proxy.requests.map(({ line }) => line.split(' ')[0])).toEqual(['POST', 'CONNECT']);
});

test.each(['http', 'https'])(
  'a proxy that wants other credentials for %s is an error that does not show them',
  async (scheme) => {
    const proxy = await proxyServer({ credentials: 'me:other' });
    const server = await tlsServer();
    const baseUrl = `${scheme}://127.0.0.1:${server.port}`;
    const error = await errorOf(client({ baseUrl, proxy: withCredentials(proxy.url) }).generate(request));
    expect(error).toMatchObject({
      code: 'OLLAMA_UNREACHABLE',
      retryable: false,
      hint: expect.stringContaining('proxy'),
    });
    expect(error.message).toContain('407');
    const shown = JSON.stringify([error.message, error.hint, error.details, String(error.cause)]);
    for (const hidden of [secret, encodeURIComponent(secret), Buffer.from(`me:${secret}`).toString('base64')]) {
      expect(shown).not.toContain(hidden);
    }
    expect(server.requests).toEqual([]);
  },
);

test.each([
  ['a server that the proxy does not reach', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', 'HTTP/1.1 502 Bad Gateway'],
  ['a proxy that hangs up', '', 'the end of the connection'],
  ['a proxy that says something else', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'SSH-2.0'],
])('%s is OLLAMA_UNREACHABLE', async (_, answer, shown) => {
  const proxy = await proxyServer({ answerConnect: (socket) => socket.end(answer) });
  const error = await errorOf(client({ baseUrl: 'https://ollama.test', proxy: proxy.url }).version());
  expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE', retry: 'unreachable' });
  expect(error.message).toContain(`the proxy ${proxy.url} answered CONNECT ollama.test:443 with: ${shown}`);
});

test('an answer of the proxy that never ends is given up', async () => {
  const proxy = await proxyServer({
    answerConnect: (socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write('x'.repeat(60_000)));
      };
      socket.on('drain', more);
      more();
    },
  });
  const error = await errorOf(client({ baseUrl: 'https://ollama.test', proxy: proxy.url }).version());
  expect(error.code).toBe('OLLAMA_UNREACHABLE');
  expect(error.message.length).toBeLessThan(500);
});

test('a proxy that is not there is OLLAMA_UNREACHABLE', async () => {
  const gone = await start();
  await gone.close();
  for (const baseUrl of ['http://ollama.test', 'https://ollama.test']) {
    const error = await errorOf(client({ baseUrl, proxy: gone.url }).version());
    expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE', cause: { code: 'ECONNREFUSED' } });
  }
});

test('the head of the proxy in pieces, and the first bytes of the server behind it, are told apart', async () => {
  const server = await tlsServer();
  const proxy = await proxyServer();
  // The same proxy, seen through a connection that hands on a byte at a time.
  const slow = await start((socket) => {
    socket.on('data', (bytes: Buffer) => onward.write(bytes));
    const onward = new (socket.constructor as typeof import('node:net').Socket)();
    onward.connect(proxy.port, '127.0.0.1');
    onward.on('data', (bytes: Buffer) => {
      for (const byte of bytes) socket.write(Buffer.of(byte));
    });
    socket.on('close', () => onward.destroy());
  });
  expect(await valuesOf(client({ baseUrl: server.url, proxy: slow.url }).generate(request))).toHaveLength(2);
});

test('an idle tunnel does not keep the process alive, a busy one does', async () => {
  const alive = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const server = await tlsServer();
  const proxy = await proxyServer();
  while (alive() > 0) await new Promise((resolve) => setImmediate(resolve)); // those of other tests are closing
  const ollama = client({ baseUrl: server.url, proxy: proxy.url });
  let busy = 0;
  await valuesOf(ollama.generate(request).pipe(tap(() => (busy = alive()))));
  // The proxy's two ends and the server's one stay in any case, for they are in this process too.
  expect(busy).toBe(4);
  while (alive() > 3) await new Promise((resolve) => setImmediate(resolve));
  await valuesOf(ollama.version());
  expect(proxy.requests).toHaveLength(1);
});

test('unsubscribing while the proxy has not answered closes the connection to it', async () => {
  const waiting = await start();
  const accepted = waiting.connection();
  const call = client({ baseUrl: 'https://ollama.test', proxy: waiting.url }).generate(request).subscribe();
  const socket = await accepted;
  await once(socket, 'data');
  call.unsubscribe();
  await peerClosed(socket);
});

test('a proxy that does not answer is TIMED_OUT with connectMs', async () => {
  const waiting = await start();
  const accepted = waiting.connection();
  const ollama = client({ baseUrl: 'https://ollama.test', proxy: waiting.url, clocks: { connectMs: 60 } });
  expect(await errorOf(ollama.version())).toMatchObject({ code: 'TIMED_OUT', details: { kind: 'connectMs' } });
  await peerClosed(await accepted);
});

test('unsubscribing in mid-stream closes the tunnel up to the server', async () => {
  const server = await tlsServer({ ended: false });
  const proxy = await proxyServer();
  const ollama = client({ baseUrl: server.url, proxy: proxy.url });
  await new Promise<void>((resolve) => {
    const call = ollama.generate(request).subscribe(() => {
      call.unsubscribe();
      resolve();
    });
  });
  const [socket] = server.sockets;
  if (!socket?.destroyed) await once(socket as NonNullable<typeof socket>, 'close');
});

test('a tunnel that breaks in mid-stream is STREAM_TRUNCATED with the text', async () => {
  const server = await tlsServer({ ended: false });
  const proxy = await proxyServer();
  const outcome = outcomeOf(client({ baseUrl: server.url, proxy: proxy.url }).generate(request));
  while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  for (const socket of server.sockets) socket.resetAndDestroy();
  const { error } = await outcome;
  expect(error?.code).toMatch(/STREAM_TRUNCATED|OLLAMA_UNREACHABLE/);
});

test.each(['', 'ftp://me:s3cret@proxy', 'socks5://me:s3cret@proxy:1080', 'http://me:s3cret@:99999'])(
  'a proxy of `%s` is refused without being shown',
  (proxy) => {
    try {
      createOllama({ proxy });
      throw new Error('It was taken.');
    } catch (error) {
      if (!isMillraceError(error)) throw error;
      expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE', retryable: false });
      expect(error.message + error.hint).not.toContain('s3cret');
    }
  },
);
