/** One request to the server, before it is sent. */
export interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  /** Below the base URL, with its leading slash: `/api/generate`. */
  readonly path: string;
  /** Written as JSON when the call is subscribed to. */
  readonly body?: object;
  /** Sent as it is, in place of a `body`. */
  readonly upload?: Upload;
}

/** Bytes to send, read while they are sent. */
export interface Upload {
  readonly size: number;
  /**
   * Opens the bytes from their start; called again where a kept connection turns out to be closed. They are what the
   * exchange of the platform sends: a `Readable` of Node, a `Blob` of a browser.
   */
  readonly open: () => unknown;
}

/** A call without a body. */
export const get = (path: string): Call => ({ method: 'GET', path });

/** A call that is answered by its status alone. */
export const head = (path: string): Call => ({ method: 'HEAD', path });

/** A call that sends `body` as JSON, or nothing. */
export const post = (path: string, body?: object): Call => ({ method: 'POST', path, ...(body && { body }) });

/** A call that sends bytes. */
export const postBytes = (path: string, upload: Upload): Call => ({ method: 'POST', path, upload });

/** A call that deletes what `body`, or the path, names. */
export const del = (path: string, body?: object): Call => ({ method: 'DELETE', path, ...(body && { body }) });

/** The model that a call names, for hints. */
export function modelOf({ body = {} }: Call): string | undefined {
  const model = 'model' in body ? body.model : 'name' in body ? body.name : undefined;
  return typeof model === 'string' && model !== '' ? model : undefined;
}
