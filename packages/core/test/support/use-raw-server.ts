import type { Socket } from 'node:net';
import { afterEach } from '@jest/globals';
import { createOllama, type Ollama, type OllamaOptions } from '@millrace/core';
import {
  chunk,
  endOfChunks,
  final,
  onRequest,
  type RawServer,
  startRawServer,
  streamHead,
  token,
} from './raw-server.ts';

/** What the tests of a file start servers with; each server is closed behind its test. */
export interface RawServers {
  /** Starts a server; `handle` is called for each connection. */
  start(handle?: (socket: Socket, index: number) => void, port?: number): Promise<RawServer>;
  /** Starts a server that writes the same, or what a function makes of the request, to each request, and stays connected. */
  writing(answer: string | ((request: string) => string)): Promise<RawServer>;
  /** Starts a server that writes this to the first request of a connection and closes it; the result is its client. */
  answering(answer: string, options?: OllamaOptions): Promise<Ollama>;
}

export function useRawServer(): RawServers {
  const servers: RawServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });
  const start: RawServers['start'] = async (handle, port) => {
    const server = await startRawServer(handle, port);
    servers.push(server);
    return server;
  };
  return {
    start,
    writing: (answer) =>
      start((socket) => onRequest(socket, (text) => socket.write(typeof answer === 'string' ? answer : answer(text)))),
    answering: async (answer, options) => {
      const { url } = await start((socket) => onRequest(socket, () => socket.end(answer)));
      return createOllama({ baseUrl: url, ...options });
    },
  };
}

/** A request, where it does not matter which. */
export const request = { model: 'm', prompt: 'p' };

/** A stream of two messages, the second one final. */
export const wholeStream = streamHead + chunk(token('x')) + chunk(final) + endOfChunks;
