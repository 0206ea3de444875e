import { openClaims } from './claims.ts';

/**
 * Says that somebody sits in front of a call to this host, so that batches on this machine let it go first.
 *
 * @param host Its base URL.
 * @returns To be called when the call has begun to answer, or is over; may be called twice.
 */
export function claimCall(host: string, model: string): () => void {
  const claims = openClaims(host);
  claims.put({ kind: 'call', load: model, state: 'waiting', since: Date.now() });
  return claims.close;
}
