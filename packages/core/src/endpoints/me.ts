import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { Server } from '../server.ts';

/** Who is signed in; what is empty is absent. */
export interface MeResponse {
  /** A UUID. */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly bio?: string;
  readonly avatarurl?: string;
  readonly firstname?: string;
  readonly lastname?: string;
  /** Such as `free` or `pro`. */
  readonly plan?: string;
}

/**
 * Asks who is signed in at ollama.com; the server asks there. Since 0.12.
 *
 * @returns Cold; one value.
 * @throws {OllamaError} `SIGN_IN_NEEDED` with `details.signinUrl` where nobody is, `OLLAMA_UNREACHABLE` where the cloud is
 *   out of reach, `ROUTE_NOT_FOUND` from an older server, …
 * @see https://docs.ollama.com/cloud
 */
export const me = (server: Server) => (): Observable<MeResponse> => server.single(post('/api/me'));
