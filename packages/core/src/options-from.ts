import type { OllamaOptions } from './create-ollama.ts';
import { hostUrl } from './host-url.ts';
import { proxyFrom } from './proxy-from.ts';

/** The variables that are read; `process.env` is one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the options of a client from the environment: OLLAMA_HOST in every form that Ollama takes, OLLAMA_API_KEY, and
 * HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in capitals or not.
 *
 * The key is sent to `https://ollama.com` and to nobody else; for another server, give `createOllama` the header
 * `authorization` yourself. A server on this machine is never talked to through a proxy, unless you give `createOllama`
 * one. A pure function: it reads nothing but its argument.
 */
export function optionsFrom(environment: Environment): OllamaOptions {
  const baseUrl = hostUrl(environment.OLLAMA_HOST ?? '');
  const key = environment.OLLAMA_API_KEY?.trim() ?? '';
  const proxy = proxyFrom(environment, baseUrl);
  return {
    baseUrl,
    ...(key !== '' && isOllamaCloud(baseUrl) && { headers: { authorization: `Bearer ${key}` } }),
    ...(proxy !== undefined && { proxy }),
  };
}

const isOllamaCloud = (baseUrl: string): boolean =>
  URL.canParse(baseUrl) && new URL(baseUrl).origin === 'https://ollama.com';
