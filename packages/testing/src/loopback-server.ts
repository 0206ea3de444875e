import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A listening HTTP server on 127.0.0.1. */
export interface LoopbackServer {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Ends every connection at once, also those in the middle of an answer, and frees the port. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1; port 0 takes a free one. Like Ollama it never closes an idle connection, so that a
 * reused one is not reset under a client.
 */
export async function listenOnLoopback(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  port = 0,
): Promise<LoopbackServer> {
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0, noDelay: true }, handle);
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen(port, '127.0.0.1', 4096);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo; // never a pipe here
  return { url: `http://127.0.0.1:${taken}`, port: taken, server, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
