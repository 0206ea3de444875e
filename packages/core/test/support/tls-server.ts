import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { testCertificate } from './test-certificate.ts';

/** A https server that streams an answer to every POST, and answers a GET with one object. */
export interface TlsServer {
  readonly port: number;
  readonly url: string;
  /** `METHOD path` and headers of every request. */
  readonly requests: readonly { readonly line: string; readonly headers: Readonly<Record<string, unknown>> }[];
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

/** Starts it with the test certificate; `ended: false` leaves the streams open. */
export async function startTlsServer({ ended = true } = {}): Promise<TlsServer> {
  const requests: { line: string; headers: Readonly<Record<string, unknown>> }[] = [];
  const sockets: Socket[] = [];
  const server = createServer(testCertificate, (request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    if (request.method === 'GET') return void response.end('{"version":"1","models":[]}');
    response.write(`${JSON.stringify({ model: 'm', response: 'héllo', done: false })}\n`);
    if (ended) response.end(`${JSON.stringify({ model: 'm', response: '', done: true, done_reason: 'stop' })}\n`);
  });
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  server.on('tlsClientError', () => {}); // clients that do not trust it hang up
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    requests,
    sockets,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
