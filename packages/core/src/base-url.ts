import { MillraceError } from '@millrace/errors';
import type { Call } from './call.ts';

/**
 * Reads a base URL; a path in it is kept as a prefix, its trailing slashes are dropped.
 *
 * @throws {MillraceError} `OLLAMA_UNREACHABLE`, not retryable, for what is no http or https URL.
 */
export function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new MillraceError('OLLAMA_UNREACHABLE', `\`${withoutPassword(text)}\` is not a http or https URL.`, {
      hint: 'Write it with scheme, host and port: `http://127.0.0.1:11434`.',
      retry: null,
    });
  }
  return url;
}

// Of a text that is no URL, all in front of the last `@` may be one.
const withoutPassword = (text: string): string => text.replace(/^(.*?:\/\/)?.*@/s, '$1…@');

/** The base URL's own path, which stands in front of the path of every call. */
export const prefixOf = (base: URL): string => base.pathname.replace(/\/+$/, '');

/**
 * Names calls as error messages do: `POST http://127.0.0.1:11434/api/chat`. Never shows a password of the URL. One for
 * all calls of a client, since the parts of a URL are worked out anew each time they are asked for.
 */
export function callDescriber(base: URL): (call: Call) => string {
  const prefix = base.origin + prefixOf(base);
  return ({ method, path }) => `${method} ${prefix}${path}`;
}
