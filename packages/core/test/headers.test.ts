import type { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { errorOf, valuesOf } from './support/outcome.ts';
import { jsonAnswer } from './support/raw-server.ts';
import { useRawServer, wholeStream } from './support/use-raw-server.ts';

const { start } = useRawServer();

const request = { model: 'm', prompt: 'ü – 日本 😀' };
const body = Buffer.from(JSON.stringify({ ...request, stream: true }));
const latin1 = Array.from({ length: 96 }, (_, index) => String.fromCharCode(160 + index)).join('');

interface Received {
  /** A character for each byte. */
  readonly head: string;
  readonly body: Buffer;
}

/** A server that keeps the bytes of each request. */
async function listening() {
  const received: Received[] = [];
  const { url, sockets } = await start((socket) => {
    let bytes: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes = takeFrom(Buffer.concat([bytes, chunk]), socket, received);
    });
  });
  return { url, sockets, received };
}

/** Answers a request when the last byte of it is there; the result is what is left. */
function takeFrom(bytes: Buffer, socket: Socket, received: Received[]): Buffer {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return bytes;
  const head = bytes.toString('latin1', 0, end);
  const whole = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  if (bytes.length < whole) return bytes;
  received.push({ head, body: bytes.subarray(end + 4, whole) });
  socket.write(head.startsWith('POST') ? wholeStream : jsonAnswer({ version: '1' }));
  return bytes.subarray(whole);
}

test.each([
  ['a plain value', 'name'],
  ['a value beyond ASCII', 'Zoë ± 1'],
  ['every character of Latin-1', latin1],
])('%s goes out in Latin-1, with a body and without, and the body in UTF-8', async (_, value) => {
  const { url, sockets, received } = await listening();
  const ollama = createOllama({ baseUrl: url, headers: { 'x-name': value } });
  await valuesOf(ollama.generate(request));
  await valuesOf(ollama.version());
  await valuesOf(ollama.generate(request));
  expect(received.map(({ head }) => head.slice(0, 4))).toEqual(['POST', 'GET ', 'POST']);
  for (const { head } of received) expect(head).toContain(`\r\nx-name: ${value}\r\n`);
  expect(received.map((one) => one.body)).toEqual([body, Buffer.alloc(0), body]);
  for (const { head } of [received[0], received[2]] as Received[])
    expect(head).toContain(`\r\ncontent-length: ${body.length}\r\n`);
  expect(sockets).toHaveLength(1); // nothing was left over that would have spoilt the connection
});

test.each([
  ['a value beyond Latin-1', { 'x-name': 'é…' }, 'x-name'],
  ['half a character', { 'x-name': '\ud83d' }, 'x-name'],
  ['a name beyond ASCII', { 'x-é': 'name' }, 'x-é'],
])('%s is BAD_REQUEST with each call, names the header, and nothing is sent', async (_, headers, name) => {
  const { url, sockets, received } = await listening();
  const ollama = createOllama({ baseUrl: url, headers });
  for (const call of [ollama.generate(request), ollama.version(), ollama.blobs.upload(new Uint8Array(3))]) {
    const error = await errorOf(call);
    expect(error).toMatchObject({ code: 'BAD_REQUEST', retryable: false });
    expect(error.message).toContain(`"${name}"`);
    expect(error.message).not.toContain('…');
  }
  await valuesOf(createOllama({ baseUrl: url }).generate(request));
  expect(received).toMatchObject([{ body }]);
  expect(sockets).toHaveLength(1);
});
