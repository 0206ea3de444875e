import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { testCertificate } from './test-certificate.ts';

/** A proxy on 127.0.0.1: it forwards requests with a whole URL, and opens tunnels. */
export interface ProxyServer {
  readonly url: string;
  readonly port: number;
  /** Line and credentials of every request to the proxy itself. */
  readonly requests: readonly { readonly line: string; readonly authorization: string | undefined }[];
  /** Headers of what it forwarded. */
  readonly forwarded: readonly IncomingMessage['headers'][];
  readonly sockets: readonly Socket[];
  /** What went through the tunnels from the client, in bytes. */
  readonly tunnelled: readonly Buffer[];
  close(): Promise<void>;
}

/** How the proxy behaves. */
export interface ProxyServerOptions {
  /** `name:password` that it wants. */
  readonly credentials?: string;
  /** Speaks TLS to its clients. */
  readonly secure?: boolean;
  /** Every name is an address of this machine to it. */
  readonly answerConnect?: (socket: Socket) => void;
}

export async function startProxyServer(options: ProxyServerOptions = {}): Promise<ProxyServer> {
  const requests: { line: string; authorization: string | undefined }[] = [];
  const forwarded: IncomingMessage['headers'][] = [];
  const sockets: Socket[] = [];
  const tunnelled: Buffer[] = [];
  const wanted = options.credentials && `Basic ${Buffer.from(options.credentials).toString('base64')}`;
  const note = ({ method, url, headers }: IncomingMessage): boolean => {
    const authorization = headers['proxy-authorization'];
    requests.push({ line: `${method} ${url}`, authorization });
    return wanted === undefined || authorization === wanted;
  };
  const server: Server = options.secure ? createTlsServer(testCertificate) : createServer();
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  server.on('request', (request, response) => {
    if (!note(request)) return void response.writeHead(407).end('Proxy Authentication Required');
    const { 'proxy-authorization': _, ...headers } = request.headers;
    forwarded.push(request.headers);
    const { hostname, port, pathname } = new URL(request.url ?? '');
    const host = hostname.endsWith('.test') ? '127.0.0.1' : hostname;
    const onward = httpRequest({ host, port, path: pathname, method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end('no such server'));
    request.pipe(onward);
  });
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => {});
    if (!note(request)) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    if (options.answerConnect) return options.answerConnect(socket);
    const [, port = ''] = /:(\d+)$/.exec(request.url ?? '') ?? [];
    const onward = connect({ host: '127.0.0.1', port: Number(port) }, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      socket.on('data', (bytes: Buffer) => tunnelled.push(bytes));
      socket.pipe(onward).pipe(socket);
    });
    sockets.push(onward);
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    socket.on('close', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.secure ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    forwarded,
    sockets,
    tunnelled,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
