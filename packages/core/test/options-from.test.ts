import { expect, test } from '@jest/globals';
import { createOllama, hostUrl, optionsFrom } from '@millrace/core';
import { assert, property, string } from 'fast-check';

test.each([
  ['', 'http://127.0.0.1:11434'],
  ['  ', 'http://127.0.0.1:11434'],
  ['box', 'http://box:11434'],
  ['box:99', 'http://box:99'],
  ['box:', 'http://box:11434'],
  [' "box:99" ', 'http://box:99'],
  ["'box'", 'http://box:11434'],
  [':8080', 'http://127.0.0.1:8080'],
  ['0.0.0.0', 'http://127.0.0.1:11434'],
  ['0.0.0.0:8080', 'http://127.0.0.1:8080'],
  ['192.168.1.5', 'http://192.168.1.5:11434'],
  ['::', 'http://[::1]:11434'],
  ['[::]:8080', 'http://[::1]:8080'],
  ['::1', 'http://[::1]:11434'],
  ['[::1]', 'http://[::1]:11434'],
  ['[::1]:99', 'http://[::1]:99'],
  ['fe80::1', 'http://[fe80::1]:11434'],
  ['box:65535', 'http://box:65535'],
  ['box:65536', 'http://box:11434'],
  ['box:-1', 'http://box:11434'],
  ['box:http', 'http://box:11434'],
  ['http://box', 'http://box:80'],
  ['http://box:99', 'http://box:99'],
  ['http://box:x', 'http://box:80'],
  ['https://box', 'https://box:443'],
  ['https://box:70000', 'https://box:443'],
  ['https://box:99', 'https://box:99'],
  ['http://0.0.0.0:1', 'http://127.0.0.1:1'],
  ['http://[::1]:99', 'http://[::1]:99'],
  ['http://box/x', 'http://box:80/x'],
  ['https://box/x/y/', 'https://box:443/x/y'],
  ['box/x', 'http://box:11434/x'],
  ['box:99/x', 'http://box:99/x'],
  ['ollama.com', 'https://ollama.com'],
  ['https://ollama.com', 'https://ollama.com:443'],
])('OLLAMA_HOST %j is %s', (value, url) => {
  expect(hostUrl(value)).toBe(url);
  expect(optionsFrom({ OLLAMA_HOST: value })).toEqual({ baseUrl: url });
  expect(() => createOllama(optionsFrom({ OLLAMA_HOST: value }))).not.toThrow();
});

test('an empty environment is the local server', () => {
  expect(optionsFrom({})).toEqual({ baseUrl: 'http://127.0.0.1:11434' });
  expect(optionsFrom({ OLLAMA_HOST: undefined, OLLAMA_API_KEY: undefined })).toEqual({
    baseUrl: 'http://127.0.0.1:11434',
  });
});

test.each(['ollama.com', 'https://ollama.com', 'https://ollama.com/', 'https://ollama.com:443'])(
  'the key goes to %s',
  (OLLAMA_HOST) => {
    expect(optionsFrom({ OLLAMA_HOST, OLLAMA_API_KEY: ' k ' }).headers).toEqual({ authorization: 'Bearer k' });
  },
);

test.each([
  '',
  'box',
  'http://ollama.com',
  'ollama.com:11434',
  'https://ollama.com:8443',
  'https://ollama.com.evil.example',
  'https://evil.example/ollama.com',
  'https://ollama.com@evil.example',
  'https://www.ollama.com',
])('the key does not go to %j', (OLLAMA_HOST) => {
  expect(optionsFrom({ OLLAMA_HOST, OLLAMA_API_KEY: 'k' })).not.toHaveProperty('headers');
});

test('no key is no header', () => {
  expect(optionsFrom({ OLLAMA_HOST: 'ollama.com', OLLAMA_API_KEY: ' ' })).not.toHaveProperty('headers');
});

test('no value of the variable makes it throw, and the host it names is one that a client takes or refuses', () => {
  assert(
    property(string({ maxLength: 30 }), (value) => {
      const options = optionsFrom({ OLLAMA_HOST: value });
      try {
        createOllama(options);
      } catch (error) {
        expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE' });
      }
    }),
  );
});
