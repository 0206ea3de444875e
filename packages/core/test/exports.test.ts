import { expect, test } from '@jest/globals';
import * as core from '@millrace/core';

test('the package exports this and nothing else', () => {
  expect(Object.keys(core).sort()).toEqual([
    'answer',
    'createOllama',
    'defaultClocks',
    'hostUrl',
    'messages',
    'ndjson',
    'optionsFrom',
    'serverErrorKinds',
    'serverErrorTable',
    'text',
  ]);
});

test('a client has these endpoints and nothing else', () => {
  expect(Object.keys(core.createOllama()).sort()).toEqual([
    'baseUrl',
    'chat',
    'close',
    'embed',
    'generate',
    'ps',
    'pull',
    'show',
    'tags',
    'version',
  ]);
});
