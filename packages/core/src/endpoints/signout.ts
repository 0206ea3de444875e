import type { Observable } from 'rxjs';
import { del, post } from '../call.ts';
import type { Server } from '../server.ts';

/** How to sign out. */
export interface SignoutRequest {
  /**
   * Takes the deprecated route that names a public key (base64, for URLs), as ollama.com itself knows it; a local server
   * withdraws its own key whatever stands there.
   */
  readonly key?: string;
}

/**
 * Signs the server out at ollama.com. Since 0.12.1.
 *
 * @returns Cold: each subscription is one request; emits `undefined` when it is done.
 * @throws {OllamaError} `SIGN_IN_NEEDED` where nobody is signed in, `OLLAMA_UNREACHABLE`, …
 * @see https://docs.ollama.com/cloud
 */
export const signout =
  (server: Server) =>
  ({ key }: SignoutRequest = {}): Observable<undefined> =>
    server.nothing(key === undefined ? post('/api/signout') : del(`/api/user/keys/${encodeURIComponent(key)}`));
