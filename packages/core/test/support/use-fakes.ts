import { afterEach } from '@jest/globals';
import { type FakeOllama, type FakeOllamaOptions, startFakeOllama } from '@millrace/testing';

/** Starts fake servers; each is closed behind its test. */
export function useFakes(): (options?: FakeOllamaOptions) => Promise<FakeOllama> {
  const fakes: FakeOllama[] = [];
  afterEach(async () => {
    for (const fake of fakes.splice(0)) await fake.close();
  });
  return async (options) => {
    const fake = await startFakeOllama(options);
    fakes.push(fake);
    return fake;
  };
}
