import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Handler } from './router.ts';

/** A listening HTTP server. */
export interface Listening {
  readonly port: number;
  /** Cancels what is running, closes every connection, and resolves when all handlers have returned. */
  close(): Promise<void>;
}

/** Listens. @throws the system's error, such as `EADDRINUSE`. */
export async function listen(handle: Handler, host: string, port: number): Promise<Listening> {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const done = answer(handle, request, response, closing.signal).finally(() => running.delete(done));
    running.add(done);
  });
  // As in Ollama, an idle connection stays: a client that reuses one must not lose a race against its end.
  server.keepAliveTimeout = 0;
  server.listen(port, host);
  await once(server, 'listening');
  server.on('error', () => {}); // a connection that could not be accepted (too many open files) is the client's to retry
  return {
    port: (server.address() as AddressInfo).port, // a TCP server has no other kind of address
    async close() {
      closing.abort(new Error('The engine is closing.'));
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, ...running]);
    },
  };
}

async function answer(
  handle: Handler,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort(new Error('The client is gone.'));
  const close = () => gone.abort(closing.reason);
  response.on('close', leave).on('error', leave);
  closing.addEventListener('abort', close);
  try {
    await handle(request, response, gone.signal);
  } catch {
    response.destroy(); // the handler answers its own errors; one of answering itself leaves nobody to tell
  } finally {
    closing.removeEventListener('abort', close);
  }
}
