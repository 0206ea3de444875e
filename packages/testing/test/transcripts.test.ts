import { describe, expect, it } from '@jest/globals';
import { bytesOf, loadTranscript, loadTranscripts } from '@millrace/testing';

describe('loadTranscripts', () => {
  it('gives the exchanges of both servers, 0.24 first', () => {
    const all = loadTranscripts();
    expect(all).toHaveLength(275 + 293);
    expect(new Set(all.map((one) => one.server))).toEqual(new Set(['ollama v0.24.0', 'ollama v0.32.15']));
    expect(all[0]?.server).toBe('ollama v0.24.0');
  });

  it('filters by server, path, method, status and name together', () => {
    const some = loadTranscripts({ server: '0.32', path: '/api/generate', method: 'POST', status: 404 });
    expect(some.map((one) => one.name)).toEqual(['generate-404-nonstream', 'generate-404', 'generate-no-model'].sort());
    expect(loadTranscripts({ names: ['version'] }).map((one) => one.server)).toEqual([
      'ollama v0.24.0',
      'ollama v0.32.15',
    ]);
  });

  it('refuses a name that does not exist, so that no test passes on nothing', () => {
    expect(() => loadTranscripts({ names: ['version', 'versoin'] })).toThrow('`versoin`');
    expect(() => loadTranscript('thinking-native-stream', '0.24')).toThrow('`thinking-native-stream`');
  });
});

describe('bytesOf', () => {
  it('has exactly the recorded number of bytes wherever no path in the body was replaced', () => {
    const measured = loadTranscripts().filter(({ response, request }) => response.chunkBytes && request.path !== '/x');
    const off = measured.filter(
      (one) => bytesOf(one).length !== one.response.chunkBytes?.reduce((sum, size) => sum + size),
    );
    expect(measured.length).toBeGreaterThan(140);
    expect([...new Set(off.map((one) => one.request.path))].sort()).toEqual(['/api/create', '/api/pull', '/api/push']);
  });

  it('keeps a final newline and its absence', () => {
    expect(bytesOf(loadTranscript('version')).toString()).toBe('{"version":"0.32.15"}');
    expect(bytesOf(loadTranscript('generate-stream')).at(-1)).toBe(10);
    expect(bytesOf(loadTranscript('version-head'))).toHaveLength(0);
  });
});
