import type { Observable } from 'rxjs';
import { get } from '../call.ts';
import type { Server } from '../server.ts';

/** What the server may do beyond this machine. */
export interface StatusResponse {
  readonly cloud: {
    readonly disabled: boolean;
    /** Where that was set: `none`, `env`, `config`, `both`. */
    readonly source: string;
  };
}

/**
 * Asks whether the server may use the cloud. Since 0.16.2.
 *
 * @returns Cold; one value.
 * @throws {OllamaError} `ROUTE_NOT_FOUND` from an older server, `OLLAMA_UNREACHABLE`, …
 * @see https://docs.ollama.com/cloud
 */
export const status = (server: Server) => (): Observable<StatusResponse> => server.single(get('/api/status'));
