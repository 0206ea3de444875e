import { Agent, type AgentOptions } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
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
  const host = base.hostname.replace(/^\[(.*)\]$/, '$1');
  const target = `${base.hostname}:${base.port || 443}`;
  const connect = secure
    ? () => connectTls({ host, servername: serverName(host), ...tls, socket: openTunnel(proxy, target, tls.ca) })
    : () => connectProxy(proxy, tls.ca);
  return Object.assign(agent, { createConnection: connect } satisfies Partial<WithConnection>);
}

// Documented, but not in the types of every version.
interface WithConnection {
  createConnection(options: AgentOptions): unknown;
}
