import type { Observable } from 'rxjs';
import { get } from '../call.ts';
import type { Server } from '../server.ts';

/** Such as `0.32.15`; a development build says `0.0.0`. */
export interface VersionResponse {
  readonly version: string;
}

/**
 * Asks for the server's version.
 *
 * @returns Cold; one value.
 * @throws {OllamaError} `OLLAMA_UNREACHABLE`, `TIMED_OUT`, …
 * @see https://docs.ollama.com/api/version
 */
export const version = (server: Server) => (): Observable<VersionResponse> => server.single(get('/api/version'));
