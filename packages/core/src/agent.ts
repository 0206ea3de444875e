import { Agent, type AgentOptions } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { HttpProxy } from './proxy-url.ts';
import { connectProxy, openTunnel, serverName } from './tunnel.ts';

/** How a https server is checked (by `ca` a https proxy too), and how the client shows who it is; fields of `node:tls`. */
export type TlsOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'rejectUnauthorized' | 'servername' | 'minVersion'
>;

/** Creates the agent that keeps the connections to a server, through a proxy or not. */
export function createAgent(base: URL, proxy: HttpProxy | undefined, tls: TlsOptions): Agent {
  const secure = base.protocol === 'https:';
  const agent = secure ? new TlsAgent({ keepAlive: true, ...tls }) : new Agent({ keepAlive: true });
  if (proxy === undefined) return agent;
  const connect = secure ? () => connectThrough(proxy, base, tls) : () => connectProxy(proxy, tls.ca);
  return Object.assign(agent, { createConnection: connect } satisfies Partial<WithConnection>);
}

function connectThrough(proxy: HttpProxy, base: URL, tls: TlsOptions): TLSSocket {
  const host = base.hostname.replace(/^\[(.*)\]$/, '$1');
  const tunnel = openTunnel(proxy, `${base.hostname}:${base.port || 443}`, tls.ca);
  const socket = connectTls({ host, servername: serverName(host), ...tls, socket: tunnel });
  // The agent asks this of the outer socket, and it is the one beneath the tunnel that keeps a process alive.
  const ref = (): TLSSocket => {
    tunnel.ref();
    return socket;
  };
  const unref = (): TLSSocket => {
    tunnel.unref();
    return socket;
  };
  return Object.assign(socket, { ref, unref });
}

// Documented, but not in the types of every version.
interface WithConnection {
  createConnection(options: AgentOptions): unknown;
}
