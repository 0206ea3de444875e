import type { Clocks } from '../clocks.ts';
import type { Ollama } from '../ollama.ts';
import { createHost, type Host } from './host.ts';
import { createKnowledge } from './knowledge.ts';
import type { HostReference, OllamaPool, PoolHost, PoolOptions } from './ollama-pool.ts';
import { noHost, unknownHost } from './pool-errors.ts';
import { poolMethods } from './pool-methods.ts';
import type { PoolState, PoolView } from './pool-state.ts';

/** A host as it was given, and its client. */
export interface GivenHost {
  readonly given: unknown;
  readonly client: Ollama;
}

/** Creates the pool of some clients. */
export function poolOf(given: readonly GivenHost[], options: PoolOptions): OllamaPool {
  if (given.length === 0) throw noHost([]);
  const { refreshMs = 30_000, waitMs = 2000, health = {}, answerTokens = 256, loadTokens = 1024 } = options;
  const hosts = given.map(({ client }) => createHost(client, { refreshMs, health }));
  const knowledge = createKnowledge(hosts, waitMs);
  const pool: PoolState = { knowledge, answerTokens, loadTokens, isClosed: false };
  const urls = hosts.map(({ url }) => url);

  const close = (): void => {
    pool.isClosed = true;
    knowledge.close();
    for (const host of hosts) {
      host.health.close();
      host.client.close();
    }
  };
  const find = (wanted: HostReference): readonly Host[] => {
    const found = hosts.filter((host, place) => host.url === wanted || given[place]?.given === wanted);
    if (found.length === 0) throw unknownHost(typeof wanted === 'string' ? wanted : wanted.baseUrl, urls);
    return found;
  };
  const clientOf = (view: PoolView): Ollama => ({
    baseUrl: view.hosts.map(({ url }) => url).join(','),
    ...poolMethods(pool, view),
    withClocks: (clocks) => clientOf(withClocks(view, clocks)),
    close,
  });
  const poolAt = (view: PoolView): OllamaPool => ({
    baseUrl: urls.join(','),
    ...poolMethods(pool, view),
    get hosts() {
      return hosts.map(stateOf);
    },
    at: (host) => clientOf({ ...view, hosts: find(host) }),
    drain: async (host) => {
      const found = find(host);
      for (const one of found) one.isDraining = true;
      await Promise.all(found.map((one) => one.whenIdle()));
    },
    resume: (host) => {
      for (const one of find(host)) one.isDraining = false;
    },
    withClocks: (clocks) => poolAt(withClocks(view, clocks)),
    close,
  });
  return poolAt({ hosts, clientOf: ({ client }) => client });
}

function withClocks({ hosts, clientOf }: PoolView, clocks: Clocks): PoolView {
  const clients = new Map(hosts.map((host) => [host, clientOf(host).withClocks(clocks)]));
  return { hosts, clientOf: (host) => clients.get(host) as Ollama };
}

const stateOf = ({ url, health, isDraining, inFlight, tokensInFlight, loaded, installed }: Host): PoolHost => ({
  url,
  isUp: health.isUp,
  isDraining,
  inFlight,
  tokensInFlight: Math.round(tokensInFlight),
  loaded: [...(loaded.names ?? [])],
  installed: installed.names && [...installed.names],
});
