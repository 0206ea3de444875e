import { expect, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { errorOf } from './support/outcome.ts';
import { request, useRawServer } from './support/use-raw-server.ts';

const { answering } = useRawServer();

/** An answer that is a refusal, with these headers. */
const refusal = (status: string, headers: readonly string[], body = '{"error":"no"}'): string =>
  [`HTTP/1.1 ${status}`, ...headers, `content-length: ${body.length}`, '', body].join('\r\n');

async function pauseOf(status: string, ...headers: readonly string[]): Promise<number | undefined> {
  const { details } = await errorOf((await answering(refusal(status, headers))).generate(request));
  expect(details.status).toBe(Number(status.slice(0, 3)));
  return details.retryAfterMs;
}

test.each(['429 Too Many Requests', '503 Service Unavailable', '500 Oops', '404 Not Found', '407 Proxy', '302 Found'])(
  'an answer %s with Retry-After says how long to wait',
  async (status) => {
    expect(await pauseOf(status, 'Retry-After: 7', 'location: /elsewhere')).toBe(7000);
  },
);

test('it stays with the kind, the words of the server and the retry', async () => {
  const ollama = await answering(
    refusal('429 Too Many', ['retry-after: 2'], '{"error":"too many concurrent requests"}'),
  );
  expect(await errorOf(ollama.tags())).toMatchObject({
    code: 'OLLAMA_BUSY',
    retry: 'busy',
    details: { status: 429, retryAfterMs: 2000, serverMessage: 'too many concurrent requests' },
  });
});

test.each([
  ['0', 0],
  ['120', 120_000],
  ['1.5', 1500],
  ['0.0001', 1],
  [' 3 ', 3000],
  ['9'.repeat(40), Number.MAX_SAFE_INTEGER],
])('%s is so many seconds', async (value, expected) => {
  expect(await pauseOf('503 Busy', `retry-after: ${value}`)).toBe(expected);
});

test.each([
  ['Sun, 06 Nov 2033 08:49:37 GMT', 37_000],
  ['Sunday, 06-Nov-33 08:49:37 GMT', 37_000],
  ['Sun Nov  6 08:49:37 2033', 37_000],
  ['Sun, 06 Nov 2033 08:49:00 GMT', 0],
  ['Sat, 05 Nov 2033 08:49:37 GMT', 0],
])('%s is seen from the date of the answer, and no wait where it is past', async (value, expected) => {
  const date = 'date: Sun, 06 Nov 2033 08:49:00 GMT';
  expect(await pauseOf('503 Busy', date, `retry-after: ${value}`)).toBe(expected);
});

test.each([
  ['no date', []],
  ['a date that is none', ['date: yesterday']],
])('in an answer with %s it is seen from now', async (_, date) => {
  const inAMinute = new Date(Date.now() + 60_000).toUTCString(); // whole seconds
  const pause = await pauseOf('503 Busy', ...date, `retry-after: ${inAMinute}`);
  expect(pause).toBeGreaterThan(30_000);
  expect(pause).toBeLessThanOrEqual(60_000);
  expect(await pauseOf('503 Busy', ...date, 'retry-after: Sun, 06 Nov 1994 08:49:37 GMT')).toBe(0);
});

test.each([
  '',
  'soon',
  '-1',
  '+1',
  '1e3',
  '0x10',
  '5s',
  '1, 2',
  'foo 3',
  '2033-11-06T08:49:37Z',
  'Sun, 66 Nov 2033 08:49:37 GMT',
  'Sun, 06 Nov 2033 08:49:37 PST',
])('`%s` is neither, and asks for nothing', async (value) => {
  const answer = refusal('503 Busy', [`retry-after: ${value}`]);
  const { details } = await errorOf((await answering(answer)).generate(request));
  expect(details).not.toHaveProperty('retryAfterMs');
});

test('an answer without the header, and a server that does not answer, ask for nothing', async () => {
  const silent = await errorOf((await answering(refusal('503 Busy', []))).generate(request));
  expect(silent.details).not.toHaveProperty('retryAfterMs');
  const nobody = await errorOf(createOllama({ baseUrl: 'http://127.0.0.1:9' }).generate(request));
  expect(nobody.details).not.toHaveProperty('retryAfterMs');
});
