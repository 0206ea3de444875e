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

/** The path of a call on the server, the base URL's own path in front. */
export const pathOf = (base: URL, call: Call): string => base.pathname.replace(/\/+$/, '') + call.path;

/** The call as error messages name it: `POST http://127.0.0.1:11434/api/chat`. Never shows a password of the URL. */
export const describeCall = (base: URL, call: Call): string => `${call.method} ${base.origin}${pathOf(base, call)}`;
