import type { Call } from '../call.ts';
import { badRequest } from '../exchange-errors.ts';
import { base64Of } from './base64.ts';
import type { FetchExchangeOptions } from './fetch-exchange.ts';

/** `cache` is not in the types of Node. */
type FetchRequest = RequestInit & { readonly cache: 'no-store' };

/**
 * What `fetch` is given for a call, its signal aside.
 *
 * @throws {OllamaError} `BAD_REQUEST` for a body that is no JSON, a header with a line break, a broken name or password.
 */
export function requestOf({ base, headers: own }: FetchExchangeOptions, call: Call, where: string): FetchRequest {
  try {
    const headers = new Headers({ accept: 'application/x-ndjson, application/json', ...typeOf(call) });
    if (base.username !== '') headers.set('authorization', basic(base));
    for (const [name, value] of Object.entries(own)) headers.set(name, value);
    const body = bodyOf(call);
    // A redirect is not followed, and an answer is never one from before.
    return { method: call.method, headers, redirect: 'manual', cache: 'no-store', ...(body !== undefined && { body }) };
  } catch (cause) {
    throw badRequest(where, cause);
  }
}

function typeOf({ upload, body }: Call): Record<string, string> {
  if (upload !== undefined) return { 'content-type': 'application/octet-stream' };
  return body === undefined ? {} : { 'content-type': 'application/json' };
}

function bodyOf({ upload, body }: Call): Blob | string | undefined {
  if (upload !== undefined) return upload.open() as Blob; // byte-source.ts of this folder makes it
  return body === undefined ? undefined : JSON.stringify(body);
}

// `fetch` refuses a URL with a name in it.
const basic = ({ username, password }: URL): string =>
  `Basic ${base64Of(new TextEncoder().encode(decodeURIComponent(`${username}:${password}`)))}`;
