import { createOllama, type OllamaOptions } from '../create-ollama.ts';
import { hostUrl } from '../host-url.ts';
import type { Ollama } from '../ollama.ts';
import type { OllamaPool, PoolOptions } from './ollama-pool.ts';
import { poolOf } from './pool-of.ts';

/**
 * Creates a pool: many hosts behind the interface of one client. Each subscription to a call takes one of them.
 *
 * What a model does (`generate`, `chat`, `embed`, …) goes to the host that has it in memory, else to one that has it on its disk,
 * and among several to the one with the fewest tokens in flight for its pace; `loadTokens` says how much more the first may
 * have before another loads the model too. Hosts that are down are left out unless all are, see `createHealth`. A call that
 * failed before its first message because its host is gone, full or lacks the model is made at another host at once.
 *
 * `tags`, `ps` and `version` are of all hosts; `pull`, `create`, `blobs`, `copy`, `delete` and `signout` are done at all hosts;
 * `push` goes to one that has the model; all else to any host. For one host there is `at(host)`.
 *
 * @param hosts Clients, options of `createOllama`, or addresses in any form of OLLAMA_HOST.
 * @throws {MillraceError} `HOST_MISSING` without a host, and as `createOllama`.
 */
export function createPool(hosts: readonly (Ollama | OllamaOptions | string)[], options: PoolOptions = {}): OllamaPool {
  return poolOf(
    hosts.map((given) => ({ given, client: clientFor(given) })),
    options,
  );
}

function clientFor(host: Ollama | OllamaOptions | string): Ollama {
  if (typeof host === 'string') return createOllama({ baseUrl: hostUrl(host) });
  return 'generate' in host ? host : createOllama(host);
}
