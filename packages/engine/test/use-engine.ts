import { afterAll, beforeAll, jest } from '@jest/globals';
import { type Engine, startEngine } from '@millrace/engine';
import { build } from './built.ts';

/** Builds and starts an engine for the tests of a file, and ends it after them; it has its address once they run. */
export function useEngine(): Pick<Engine, 'baseUrl'> {
  jest.setTimeout(60_000); // starting an engine takes seconds on a busy machine
  let engine: Engine | undefined;
  beforeAll(async () => {
    await build();
    engine = await startEngine();
  });
  afterAll(() => engine?.close());
  return {
    get baseUrl() {
      if (!engine) throw new Error('The engine starts before the first test, not before that.');
      return engine.baseUrl;
    },
  };
}
