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
  ['http://me:pw@127.0.0.1:9', 'http://me:pw@127.0.0.1:9'],
  ['me:pw@127.0.0.1:9', 'http://me:pw@127.0.0.1:9'],
  ['me:pw@box', 'http://me:pw@box:11434'],
  ['me@box:9', 'http://me@box:9'],
  ['me:pw@:9', 'http://me:pw@127.0.0.1:9'],
  ['https://me:pw@box/x/', 'https://me:pw@box:443/x'],
  ['http://me:pw@0.0.0.0:9', 'http://me:pw@127.0.0.1:9'],
  ['http://me:p:w@[::1]:9', 'http://me:p:w@[::1]:9'],
  ['http://me:p@w@box:9', 'http://me:p@w@box:9'],
  ['http://me:s%40cret@box:9', 'http://me:s%40cret@box:9'],
  ['http://me:1#2?3\\4@box:9', 'http://me:1%232%3F3%5C4@box:9'],
  ['http://box:9/x@y', 'http://box:9/x@y'],
  ['http://me:pw@ollama.com@box:9', 'http://me:pw@ollama.com@box:9'],
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

const proxyFor = (OLLAMA_HOST: string, environment: Record<string, string>) =>
  optionsFrom({ OLLAMA_HOST, ...environment }).proxy;

test.each([
  [{ HTTPS_PROXY: 'http://p:1' }, undefined, 'http://p:1'],
  [{ https_proxy: 'http://p:1' }, undefined, 'http://p:1'],
  [{ HTTP_PROXY: 'http://p:1' }, 'http://p:1', undefined],
  [{ http_proxy: ' http://p:1 ' }, 'http://p:1', undefined],
  [{ ALL_PROXY: 'p:1' }, 'p:1', 'p:1'],
  [{ all_proxy: 'p:1', HTTPS_PROXY: 'p:2' }, 'p:1', 'p:2'],
  [{ HTTP_PROXY: 'p:1', http_proxy: 'p:2' }, 'p:2', undefined],
  [{ HTTP_PROXY: '', ALL_PROXY: ' ' }, undefined, undefined],
  [{ HTTP_PROXY: 'p:1', http_proxy: '' }, 'p:1', undefined],
])('of %j, http goes through %s and https through %s', (environment, http, https) => {
  expect(proxyFor('http://box:11434', environment as Record<string, string>)).toBe(http);
  expect(proxyFor('https://box', environment as Record<string, string>)).toBe(https);
});

test.each([
  '',
  'localhost',
  'LOCALHOST:99',
  'a.localhost',
  '127.0.0.1',
  '127.9.9.9',
  '0.0.0.0',
  '[::1]',
  'http://127.0.0.1/x',
])('the environment names no proxy for %j, which is this machine', (host) => {
  expect(optionsFrom({ OLLAMA_HOST: host, HTTP_PROXY: 'p:1', ALL_PROXY: 'p:1' })).not.toHaveProperty('proxy');
});

test.each([
  ['*', 'box', true],
  ['box', 'box', true],
  ['BOX', 'box', true],
  ['box', 'box.', true],
  ['box', 'mybox', false],
  ['example.com', 'a.b.example.com', true],
  ['.example.com', 'example.com', true],
  ['*.example.com', 'a.example.com', true],
  ['example.com', 'badexample.com', false],
  ['example.com', 'example.com.evil.example', false],
  ['box:11434', 'box', true],
  ['box:80', 'box', false],
  ['box:80', 'http://box', true],
  ['one, ,two box', 'two', true],
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['10.0.0.0/99', '10.1.2.3', false],
  ['10.1.2.3', '10.1.2.3', true],
  ['10.1.2.3:11434', '10.1.2.3', true],
  ['10.1.2.3:1', '10.1.2.3', false],
  ['1.2.3', '10.1.2.3', false],
  ['fe80::/10', '[fe80::1]', true],
  ['fe80::1', '[fe80:0:0:0:0:0:0:1]', true],
  ['[fe80::1]:11434', 'fe80::1', true],
  ['', 'box', false],
])('NO_PROXY %j makes an exception of %s: %s', (NO_PROXY, host, excepted) => {
  expect(proxyFor(host, { ALL_PROXY: 'p:1', NO_PROXY })).toBe(excepted ? undefined : 'p:1');
});

test('whatever stands in the variables of proxies, it throws nothing', () => {
  assert(
    property(string({ maxLength: 20 }), string({ maxLength: 20 }), (ALL_PROXY, NO_PROXY) => {
      const options = optionsFrom({ OLLAMA_HOST: 'box', ALL_PROXY, NO_PROXY });
      try {
        createOllama(options);
      } catch (error) {
        expect(error).toMatchObject({ code: 'OLLAMA_UNREACHABLE' });
      }
    }),
  );
});

test('a password in OLLAMA_HOST is shown by no error', () => {
  for (const host of ['ftp://me:s3cret@box', 'http://me:s3cret@[', 'https://me:s3cret@box@:99999', 'me:1#s3cret@box']) {
    try {
      expect(createOllama(optionsFrom({ OLLAMA_HOST: host })).baseUrl).not.toContain('s3cret');
    } catch (error) {
      expect(String(error)).not.toContain('s3cret');
    }
  }
  expect(() => createOllama({ baseUrl: 'me:s3cret@box:11434' })).toThrow(/`…@box:11434` is not a http or https URL/);
});
