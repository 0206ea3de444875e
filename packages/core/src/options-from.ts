import { hostUrl } from './host-url.ts';
import type { OllamaOptions } from './ollama.ts';

/** The variables that are read; `process.env` is one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the options of a client from the environment: OLLAMA_HOST in every form that Ollama takes, and OLLAMA_API_KEY.
 *
 * The key is sent to `https://ollama.com` and to nobody else; for another server, give `createOllama` the header
 * `authorization` yourself. A pure function: it reads nothing but its argument.
 */
export function optionsFrom(environment: Environment): OllamaOptions {
  const baseUrl = hostUrl(environment.OLLAMA_HOST ?? '');
  const key = environment.OLLAMA_API_KEY?.trim() ?? '';
  return key !== '' && isOllamaCloud(baseUrl) ? { baseUrl, headers: { authorization: `Bearer ${key}` } } : { baseUrl };
}

const isOllamaCloud = (baseUrl: string): boolean =>
  URL.canParse(baseUrl) && new URL(baseUrl).origin === 'https://ollama.com';
