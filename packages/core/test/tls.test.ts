import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { errorOf, valuesOf } from './support/outcome.ts';
import { testCertificate } from './support/test-certificate.ts';
import { startTlsServer, type TlsServer } from './support/tls-server.ts';

let server: TlsServer;
beforeEach(async () => {
  server = await startTlsServer();
});
afterEach(() => server.close());

const { ca } = testCertificate;
const request = { model: 'm', prompt: 'p' };

test('a server with a certificate of an own CA streams its answer, over one connection', async () => {
  const ollama = createOllama({ baseUrl: server.url, tls: { ca } });
  for (let round = 0; round < 3; round += 1) {
    expect((await valuesOf(ollama.generate(request))).map(({ response }) => response)).toEqual(['héllo', '']);
  }
  expect(server.sockets).toHaveLength(1);
  ollama.close();
});

test('a certificate of nobody known is OLLAMA_UNREACHABLE, not to be tried again, and says what to do', async () => {
  const error = await errorOf(createOllama({ baseUrl: server.url }).generate(request));
  expect(error).toMatchObject({
    code: 'OLLAMA_UNREACHABLE',
    retryable: false,
    hint: expect.stringContaining('tls: { ca }'),
  });
  expect(error.message).toContain(`POST ${server.url}/api/generate: no answer (`);
  expect(server.requests).toEqual([]);
});

test('rejectUnauthorized: false takes any certificate', async () => {
  const ollama = createOllama({ baseUrl: server.url, tls: { rejectUnauthorized: false } });
  expect(await valuesOf(ollama.version())).toHaveLength(1);
  ollama.close();
});

test('a certificate of another name is refused, unless the name to expect is given', async () => {
  const refused = await errorOf(
    createOllama({ baseUrl: server.url, tls: { ca, servername: 'elsewhere.test' } }).version(),
  );
  expect(refused).toMatchObject({
    code: 'OLLAMA_UNREACHABLE',
    retryable: false,
    cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  });
  const ollama = createOllama({ baseUrl: server.url, tls: { ca, servername: 'ollama.test' } });
  expect(await valuesOf(ollama.version())).toHaveLength(1);
  ollama.close();
});

test('a base path, a key and an API key as a header arrive, and no message shows the key', async () => {
  const ollama = createOllama({
    baseUrl: `${server.url}/gpu/`,
    headers: { authorization: 'Bearer s3cret', 'x-api-key': 's3cret' },
    tls: { ca },
  });
  await valuesOf(ollama.tags());
  expect(server.requests).toMatchObject([
    { line: 'GET /gpu/api/tags', headers: { authorization: 'Bearer s3cret', 'x-api-key': 's3cret' } },
  ]);
  ollama.close();
  await server.close();
  const error = await errorOf(ollama.tags());
  expect(JSON.stringify([error.message, error.hint, error.details, ollama.baseUrl])).not.toContain('s3cret');
  server = await startTlsServer();
});

test('plain http to a https server is OLLAMA_UNREACHABLE', async () => {
  const error = await errorOf(createOllama({ baseUrl: `http://127.0.0.1:${server.port}` }).version());
  expect(error.code).toBe('OLLAMA_UNREACHABLE');
});
