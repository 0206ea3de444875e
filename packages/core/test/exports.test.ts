import { expect, test } from '@jest/globals';
import * as core from '@millrace/core';

test('the package exports this and nothing else', () => {
  expect(Object.keys(core).sort()).toEqual([
    'answer',
    'createHealth',
    'createOllama',
    'createPool',
    'defaultClocks',
    'hostUrl',
    'image',
    'json',
    'messages',
    'ndjson',
    'optionsFrom',
    'serverErrorKinds',
    'serverErrorTable',
    'text',
    'transfer',
  ]);
});

test('a client has these endpoints and nothing else', () => {
  const ollama = core.createOllama();
  expect(Object.keys(ollama).sort()).toEqual([
    'baseUrl',
    'blobs',
    'chat',
    'close',
    'copy',
    'create',
    'delete',
    'embed',
    'embeddings',
    'generate',
    'head',
    'me',
    'modelRecommendations',
    'ping',
    'ps',
    'pull',
    'push',
    'show',
    'signout',
    'status',
    'tags',
    'version',
    'webFetch',
    'webSearch',
    'withClocks',
  ]);
  expect(Object.keys(ollama.blobs)).toEqual(['exists', 'upload']);
});
