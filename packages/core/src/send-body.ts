import type { ClientRequest } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import type { Call, Upload } from './call.ts';

/** What the sending of a body tells. */
export interface SendListener {
  /** A piece was given to the connection. */
  sent(): void;
  /** The bytes could not be read; the request is given up. */
  unreadable(cause: Error): void;
}

/** The headers that say what a call's body is; `json` is the body as it will be written. */
export function bodyHeaders({ upload }: Call, json: string | undefined): Record<string, string> {
  if (upload !== undefined)
    return { 'content-type': 'application/octet-stream', 'content-length': String(upload.size) };
  return json === undefined
    ? {}
    : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(json)) };
}

/**
 * Sends an upload as fast as the connection takes it, once there is one, and ends the request. Whichever of the two is
 * destroyed first destroys the other.
 */
export function sendUpload(request: ClientRequest, upload: Upload, listener: SendListener): void {
  const source = upload.open() as Readable; // file-bytes.ts makes it
  source.on('error', (cause) => listener.unreadable(cause));
  source.on('data', () => listener.sent());
  source.pause(); // a listener of `data` starts a stream: this one waits for the pipeline
  pipeline(source, request, () => {}); // its errors are those of the two, and are heard there
}
