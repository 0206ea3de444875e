import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A TCP server whose every byte the test writes itself. */
export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Every connection that was accepted. */
  readonly sockets: readonly Socket[];
  /** Resolves with the next connection. */
  connection(): Promise<Socket>;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1, by default at a free port; `handle` is called for each connection. */
export async function startRawServer(
  handle: (socket: Socket, index: number) => void = () => {},
  wantedPort = 0,
): Promise<RawServer> {
  const sockets: Socket[] = [];
  const events = new EventEmitter();
  const server = createServer((socket) => {
    socket.on('error', () => {}); // resets are what these tests are about
    sockets.push(socket);
    handle(socket, sockets.length - 1);
    events.emit('connection', socket);
  });
  server.listen(wantedPort, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    sockets,
    connection: async () => (await once(events, 'connection'))[0] as Socket,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

/** Resolves when the peer has closed; resumes the socket, as an unread one never notices. */
export async function peerClosed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.readableEnded && !socket.destroyed) {
    await new Promise<void>((resolve) => {
      socket.once('end', resolve);
      socket.once('close', () => resolve());
    });
  }
  socket.destroy();
}

/** Calls back once for each request head (and its body, by content-length) that arrives on a connection. */
export function onRequest(socket: Socket, answer: (request: string) => void): void {
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let size = requestSize(received); size !== undefined; size = requestSize(received)) {
      const request = received.toString('utf8', 0, size);
      received = received.subarray(size);
      answer(request);
    }
  });
}

function requestSize(bytes: Buffer): number | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const length = /content-length: (\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1] ?? '0';
  const size = end + 4 + Number(length);
  return bytes.length < size ? undefined : size;
}

/** Writes pieces one after the other, as fast as the peer takes them, until they end or the connection does. */
export function pour(socket: Socket, pieces: Iterator<string>): void {
  const more = (): void => {
    while (!socket.destroyed) {
      const { value, done } = pieces.next();
      if (done === true) return void socket.off('drain', more);
      if (!socket.write(value)) return;
    }
  };
  socket.on('drain', more);
  more();
}

export const streamHead = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n';
export const endOfChunks = '0\r\n\r\n';

/** An HTTP chunk. */
export const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** A whole JSON answer that keeps the connection. */
export function jsonAnswer(value: unknown, status = '200 OK'): string {
  const body = JSON.stringify(value);
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export const token = (response: string): string => `${JSON.stringify({ model: 'm', response, done: false })}\n`;
export const final = `${JSON.stringify({ model: 'm', response: '', done: true, done_reason: 'stop', eval_count: 2 })}\n`;
