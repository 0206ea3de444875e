import { setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Ollama } from '@millrace/core';
import { MillraceError } from '@millrace/errors';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import type { Daemon } from '../daemon/daemon.ts';
import { createApp } from './create-app.ts';
import { createJournalAccess } from './journal-access.ts';
import { bare, bracketed, checkAddress, type ListenAddress } from './listen-address.ts';
import { createMetrics } from './metrics.ts';
import { ownAuthorities } from './own-authorities.ts';

/** What a server of the API is made of. */
export interface HttpServerOptions {
  /** What starts runs; it is not stopped with the server. */
  readonly daemon: Daemon;
  /** Absolute, as `findJournal` finds it; it need not be there yet. */
  readonly journalPath: string;
  /** Servers of models, as they are configured; they are not closed with the server. */
  readonly hosts: readonly Ollama[];
  /** Every request but those for health has to carry it. Needed where the server can be reached from other machines. */
  readonly token?: string | undefined;
  readonly listen: ListenAddress;
  /** By which it is called beside its address, as by a proxy in front of it: with a port, or without one for any. */
  readonly names?: readonly string[] | undefined;
  /** Default: none. */
  readonly log?: Logger | undefined;
}

/** A server that listens. */
export interface HttpServer {
  /** Where, such as `http://127.0.0.1:7373`. */
  readonly url: string;
  /** All that it answers, such as `GET /api/runs/:id`. */
  readonly routes: readonly string[];
  /** Ends streams, closes every connection, and resolves when nothing of it is left. May be called twice. */
  close(): Promise<void>;
}

/** More at once are turned away by the system: a reader that stands still costs some memory. */
const maxConnections = 512;

/**
 * Serves the HTTP API.
 *
 * @throws {MillraceError} `USAGE_INVALID` where it could be reached from elsewhere without a token, and where it cannot listen.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { daemon, journalPath, hosts, token, listen, names = [], log = pino({ level: 'silent' }) } = options;
  await checkAddress(listen, token);
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // one for each stream
  const journal = createJournalAccess(journalPath);
  const metrics = createMetrics(daemon, journal);
  // The port is known when it listens, and nothing is answered before.
  let isOwn = (_authority: string): boolean => false;
  const world = { daemon, journal, hosts, metrics, log, closing: closing.signal };
  const { app, routes } = await createApp(world, { token, isOwn: (authority) => isOwn(authority) });
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing.abort();
    await app.close();
    await journal.close();
    metrics.close();
  };
  try {
    app.server.maxConnections = maxConnections;
    const port = await listenAt(app, listen);
    isOwn = ownAuthorities({ host: listen.host, port }, names);
    const url = `http://${bracketed(bare(listen.host))}:${port}`;
    log.info({ url, hasToken: token !== undefined }, 'listening');
    return {
      url,
      routes,
      close: () => {
        closed ??= close();
        return closed;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listenAt(app: FastifyInstance, { host, port }: ListenAddress): Promise<number> {
  try {
    await app.listen({ host: bare(host), port });
    return (app.server.address() as AddressInfo).port; // a server of TCP has no other kind of address
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'another program listens there' : message;
    throw new MillraceError('USAGE_INVALID', `The server cannot listen on ${host}:${port}: ${why}.`, {
      cause: error,
      hint: 'Name another address or port; port 0 takes a free one.',
    });
  }
}
