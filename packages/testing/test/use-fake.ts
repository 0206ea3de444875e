import { afterEach } from '@jest/globals';
import { type FakeOllama, type FakeOllamaOptions, startFakeOllama } from '@millrace/testing';

/** Gives a function that starts fake servers which are closed after the test. */
export function useFakes(): (options?: FakeOllamaOptions) => Promise<FakeOllama> {
  const opened: FakeOllama[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((fake) => fake.close()));
  });
  return async (options) => {
    const fake = await startFakeOllama(options);
    opened.push(fake);
    return fake;
  };
}
