import { connect as connectPlain, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { HttpProxy } from './proxy-url.ts';

/** Opens a connection to a proxy. */
export const connectProxy = ({ secure, host, port }: HttpProxy, ca?: ConnectionOptions['ca']): Socket =>
  secure
    ? connectTls({ host, port, servername: serverName(host), ...(ca !== undefined && { ca }) })
    : connectPlain({ host, port });

// An address is no server name (RFC 6066).
export const serverName = (host: string): string => (/^[\d.]+$|:/.test(host) ? '' : host);

/** A tunnel; like a socket, it can be kept from keeping the process alive. */
export interface Tunnel extends Duplex {
  ref(): void;
  unref(): void;
}

const longestHead = 16 * 1024;

/**
 * Opens a tunnel through a proxy (CONNECT) to `target`, `host:port`. It can be written to at once: what is written waits
 * until the proxy has let it through. Destroying it closes the connection, in any phase.
 */
export function openTunnel(proxy: HttpProxy, target: string, ca?: ConnectionOptions['ca']): Tunnel {
  const socket = connectProxy(proxy, ca);
  const authorization = proxy.authorization === undefined ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`);
  let head = Buffer.alloc(0);
  let open = false;
  let waiting: (() => void) | undefined;
  const tunnel = new Duplex({
    allowHalfOpen: false,
    read: () => void socket.resume(),
    write: (bytes: Buffer, _, done) => {
      const write = (): void => void socket.write(bytes, done);
      if (open) write();
      else waiting = write;
    },
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  const pass = (bytes: Buffer): void => {
    if (bytes.length > 0 && !tunnel.push(bytes)) socket.pause();
  };
  const readHead = (bytes: Buffer): void => {
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1 && head.length <= longestHead) return;
    const line = head.toString('latin1', 0, Math.max(0, Math.min(head.indexOf('\r\n'), 200)));
    if (end === -1 || !/^HTTP\/1\.\d 2\d\d/.test(line)) return void tunnel.destroy(refused(proxy, target, line));
    open = true;
    waiting?.();
    pass(head.subarray(end + 4));
  };
  socket.on('data', (bytes: Buffer) => (open ? pass(bytes) : readHead(bytes)));
  socket.on('end', () => {
    if (open) tunnel.push(null);
    else tunnel.destroy(refused(proxy, target, 'the end of the connection'));
  });
  socket.on('error', (error) => tunnel.destroy(error));
  socket.on('close', () => tunnel.destroy());
  return Object.assign(tunnel, { ref: () => void socket.ref(), unref: () => void socket.unref() });
}

// A status of 4xx comes again with the same call; a proxy that does not reach the server may do so later.
function refused(proxy: HttpProxy, target: string, answer: string): Error {
  const code = /^HTTP\/1\.\d 4/.test(answer) ? 'ERR_PROXY_REFUSED' : 'ERR_PROXY_FAILED';
  return Object.assign(new Error(`the proxy ${proxy.shown} answered CONNECT ${target} with: ${answer}`), { code });
}
