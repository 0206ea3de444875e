/** One request to the server, before it is sent. */
export interface Call {
  readonly method: 'GET' | 'POST';
  /** Below the base URL, with its leading slash: `/api/generate`. */
  readonly path: string;
  /** Written as JSON when the call is subscribed to; absent for a GET. */
  readonly body?: object;
}

/** A call without a body. */
export const get = (path: string): Call => ({ method: 'GET', path });

/** A call that sends `body` as JSON. */
export const post = (path: string, body: object): Call => ({ method: 'POST', path, body });

/** The model that a call names, for hints. */
export function modelOf({ body }: Call): string | undefined {
  const model = body !== undefined && 'model' in body ? body.model : undefined;
  return typeof model === 'string' && model !== '' ? model : undefined;
}
