import type { Observable } from 'rxjs';
import { get } from '../call.ts';
import type { Server } from '../server.ts';

/**
 * Asks whether a server is there.
 *
 * @returns Cold; one value: what it says, `Ollama is running` where it is one.
 * @throws {OllamaError} `OLLAMA_UNREACHABLE`, `TIMED_OUT`, `LINE_MALFORMED` for a web page, …
 * @see https://docs.ollama.com/api
 */
export const ping = (server: Server) => (): Observable<string> => server.text(get('/'));
