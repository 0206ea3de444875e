import type { Ollama } from '../ollama.ts';
import type { OllamaPool, PoolOptions } from '../pool/ollama-pool.ts';
import { poolOf } from '../pool/pool-of.ts';
import { createOllama, type OllamaOptions } from './create-ollama.ts';

/**
 * Creates a pool, as in Node. A browser gives no reason for a failed request, so that no host is given up at the first; and
 * each of them has to let the page in (OLLAMA_ORIGINS).
 *
 * @param hosts Clients, options of `createOllama`, or base URLs.
 * @throws {MillraceError} `HOST_MISSING` without a host, and as `createOllama`.
 */
export function createPool(hosts: readonly (Ollama | OllamaOptions | string)[], options: PoolOptions = {}): OllamaPool {
  return poolOf(
    hosts.map((given) => ({ given, client: clientFor(given) })),
    options,
  );
}

function clientFor(host: Ollama | OllamaOptions | string): Ollama {
  if (typeof host === 'string') return createOllama({ baseUrl: host });
  return 'generate' in host ? host : createOllama(host);
}
