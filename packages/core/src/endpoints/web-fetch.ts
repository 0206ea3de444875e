import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { Server } from '../server.ts';

/** Which page to read. */
export interface WebFetchRequest {
  readonly url: string;
}

/** A page as text. */
export interface WebFetchResponse {
  readonly title: string;
  readonly content: string;
  readonly links?: readonly string[];
}

/**
 * Reads a web page through ollama.com, with the sign-in of the server. Since 0.18.
 *
 * @returns Cold: each subscription is one request, answered by one value.
 * @throws {OllamaError} As `webSearch`.
 * @see https://docs.ollama.com/capabilities/web-search
 */
export const webFetch =
  (server: Server) =>
  (request: WebFetchRequest): Observable<WebFetchResponse> =>
    server.single(post('/api/experimental/web_fetch', { ...request }));
