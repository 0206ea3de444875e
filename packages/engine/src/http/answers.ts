import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Answers with one JSON document. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
}

/** Answers with plain text. */
export function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  send(response, status, type, text);
}

/** Answers with nothing but a status. */
export function sendEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, status === 204 ? {} : { 'content-length': 0 }).end();
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}

/** Writes one line of a stream, opening it first; waits while the client cannot take more, or until it is gone. */
export async function sendLine(response: ServerResponse, line: unknown, signal: AbortSignal): Promise<void> {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  if (!response.write(`${JSON.stringify(line)}\n`)) await once(response, 'drain', { signal });
}
