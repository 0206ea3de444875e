import { afterEach } from '@jest/globals';
import { createPool, type OllamaPool, type PoolOptions } from '@millrace/core';

/** Anything with an address. */
interface Addressed {
  readonly url: string;
}

/** Creates pools of servers; each is closed behind its test. Hosts that are down are asked again soon. */
export function usePools(): (servers: readonly Addressed[], options?: PoolOptions) => OllamaPool {
  const pools: OllamaPool[] = [];
  afterEach(() => {
    for (const pool of pools.splice(0)) pool.close();
  });
  return (servers, options) => {
    const health = { firstDelayMs: 10, longestDelayMs: 40 };
    const pool = createPool(
      servers.map(({ url }) => url),
      { health, ...options },
    );
    pools.push(pool);
    return pool;
  };
}
