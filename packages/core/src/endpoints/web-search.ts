import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { Server } from '../server.ts';

/** What to look for in the web. */
export interface WebSearchRequest {
  readonly query: string;
  /** 1 to 10. Default: 5. */
  readonly max_results?: number;
}

/** A page that was found. */
export interface WebSearchResult {
  readonly title: string;
  readonly url: string;
  /** What fits the query. */
  readonly content: string;
}

/** The pages, the best first. */
export interface WebSearchResponse {
  readonly results: readonly WebSearchResult[];
}

/**
 * Searches the web through ollama.com, with the sign-in of the server; a key of the caller is not passed on. Since 0.18.
 *
 * @returns Cold: each subscription is one request, answered by one value.
 * @throws {OllamaError} `SIGN_IN_NEEDED`, `FORBIDDEN` where the cloud is switched off, `OLLAMA_UNREACHABLE`, …
 * @see https://docs.ollama.com/capabilities/web-search
 */
export const webSearch =
  (server: Server) =>
  (request: WebSearchRequest): Observable<WebSearchResponse> =>
    server.single(post('/api/experimental/web_search', { ...request }));
