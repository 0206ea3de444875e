import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { createOllama, serverErrorKinds, serverErrorTable } from '@millrace/core';
import { codes } from '@millrace/errors';
import { errorOf } from './support/outcome.ts';
import { jsonAnswer, onRequest, startRawServer } from './support/raw-server.ts';
import { serverErrorExamples } from './support/server-error-examples.ts';

const firstFit = (message: string, status: number): number =>
  serverErrorTable.findIndex((entry) => (entry.status ?? status) === status && entry.match.test(message));

test('there is an example of every entry', () => {
  expect(serverErrorExamples.map(({ kind }) => kind)).toEqual(serverErrorTable.map(({ kind }) => kind));
});

test.each(serverErrorExamples.map((example, index) => [index, example.status, example.message, example] as const))(
  'entry %i is the first that fits %i %j',
  (index, status, message) => {
    expect(firstFit(message, status)).toBe(index);
  },
);

test('the server’s own words in an answer lead to the code, the kind and the retry of the table', async () => {
  let answer = '';
  const server = await startRawServer((socket) => onRequest(socket, () => socket.write(answer)));
  const ollama = createOllama({ baseUrl: server.url });
  for (const [index, { message, status, kind }] of serverErrorExamples.entries()) {
    answer = jsonAnswer({ error: message }, `${status} Status`);
    const error = await errorOf(ollama.tags());
    const { code, retry } = serverErrorKinds[kind];
    expect(error).toMatchObject({ code, details: { kind, status, serverMessage: message.trim() } });
    expect(error.retry).toBe(serverErrorTable[index]?.retryable ? retry : null);
  }
  await server.close();
});

test('a retryable entry has a word of `retry:`, whatever the code says', () => {
  for (const { kind, retryable } of serverErrorTable) {
    if (retryable) expect(serverErrorKinds[kind].retry).not.toBeNull();
    expect(Object.keys(codes)).toContain(serverErrorKinds[kind].code);
  }
});

test('every kind is the kind of an entry', () => {
  const used = new Set(serverErrorTable.map(({ kind }) => kind));
  expect(Object.keys(serverErrorKinds).sort()).toEqual([...used].sort());
});

test('no pattern needs what a linear-time engine lacks', () => {
  for (const { match } of serverErrorTable) expect(match.source).not.toMatch(/\(\?<?[=!]|\\[1-9]/);
});

test('the README lists every kind with its code and its word of `retry:`', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const [kind, { code, retry }] of Object.entries(serverErrorKinds)) {
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${code}\``) && line.includes(`\`${kind}\``));
    expect(row).toContain(retry === null ? `\`${kind}\`` : `\`${kind}\` (${retry})`);
  }
});
