import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a server says to a route: a status and a body, of which a list is sent as lines of JSON. */
export type RouteAnswer = readonly [status: number, body?: unknown];

/** A server of which the test says every answer. */
export interface ModelServer {
  readonly url: string;
  /** `POST /api/copy` and the like, and the bodies. */
  readonly calls: readonly { readonly route: string; readonly body: unknown }[];
  close(): Promise<void>;
}

/** Answers each route as told, one that is not told with Ollama's 404, and lists `models` as installed. */
export async function startModelServer(
  models: readonly string[],
  routes: Readonly<Record<string, RouteAnswer>> = {},
): Promise<ModelServer> {
  const calls: { readonly route: string; readonly body: unknown }[] = [];
  const known: Readonly<Record<string, RouteAnswer>> = {
    'GET /api/tags': [200, { models: models.map((name) => ({ name, model: name })) }],
    'GET /api/ps': [200, { models: [] }],
    ...routes,
  };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const route = `${request.method} ${request.url?.replace(/(?<=\/blobs\/).*/, '')}`;
    calls.push({ route, body: body.startsWith('{') ? JSON.parse(body) : body });
    const [status, answer] = known[route] ?? [404, { error: 'model not found' }];
    response.writeHead(status, { 'content-type': 'application/json' });
    const lines = Array.isArray(answer) ? answer : answer === undefined ? [] : [answer];
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
