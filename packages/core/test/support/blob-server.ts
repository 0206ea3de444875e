import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A server of blobs that checks their digests as Ollama does, and keeps nothing but these. */
export interface BlobServer {
  readonly url: string;
  /** `METHOD path` of every request. */
  readonly requests: readonly string[];
  /** Digests of the blobs that are there. */
  readonly blobs: Set<string>;
  /** Headers of the last upload. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

/** Answers an upload in another way, or says false. */
export type Instead = (request: IncomingMessage, response: ServerResponse, blobs: Set<string>) => boolean;

/** Starts it; `instead` may answer a request in another way, and `forPages` lets any page in. */
export async function startBlobServer(instead: Instead = () => false, forPages = false): Promise<BlobServer> {
  const requests: string[] = [];
  const blobs = new Set<string>();
  const headers: Record<string, unknown> = {};
  const sockets: Socket[] = [];
  const server = createServer((request, response) => {
    if (forPages) allowPage(request, response);
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    requests.push(`${request.method} ${request.url}`);
    const digest = (request.url ?? '').replace('/api/blobs/', '');
    if (request.method === 'HEAD') {
      response.writeHead(blobs.has(digest) ? 200 : 404, { 'content-length': 0 }).end();
      return;
    }
    Object.assign(headers, request.headers);
    if (instead(request, response, blobs)) return;
    const hash = createHash('sha256');
    request.on('data', (bytes) => hash.update(bytes));
    request.on('end', () => {
      const got = `sha256:${hash.digest('hex')}`;
      blobs.add(got);
      if (got === digest) return void response.writeHead(201).end();
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: `digest mismatch, expected "${digest}", got "${got}"` }));
    });
  });
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('error', () => {}); // uploads are broken off here
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    blobs,
    headers,
    sockets,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function allowPage({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', headers.origin ?? '*');
  response.setHeader('access-control-allow-headers', headers['access-control-request-headers'] ?? '');
}
