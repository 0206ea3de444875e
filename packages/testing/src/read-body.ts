import type { IncomingMessage } from 'node:http';

/** Calls back once with the whole body as text; never when the client leaves before its end. */
export function readBody(request: IncomingMessage, done: (text: string) => void): void {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => done(parts.length === 1 ? String(parts[0]) : Buffer.concat(parts).toString('utf8')));
  request.on('error', () => undefined); // the connection is gone: its `close` tells those who care
}
