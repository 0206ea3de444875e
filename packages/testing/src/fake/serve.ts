import type { IncomingMessage, ServerResponse } from 'node:http';
import { preflightHeaders } from '../cors.ts';
import { type createFaultChooser, type Fault, findFault } from './faults.ts';
import { isLocal } from './local-only.ts';
import { createReply, type Reply } from './reply.ts';
import type { OpenRequest } from './request-log.ts';
import { routes } from './routes/index.ts';
import { sendStatus } from './send-status.ts';
import type { World } from './world.ts';

/** A request whose body has been read. */
export interface Arrival {
  readonly open: OpenRequest;
  readonly rawBody: string;
  readonly chooseFaults: ReturnType<typeof createFaultChooser>;
}

/** Answers a request: with a fault, a refusal, or by its route. */
export function serve(
  world: World,
  incoming: IncomingMessage,
  response: ServerResponse,
  { open, rawBody, chooseFaults }: Arrival,
) {
  const { method, path } = open.request;
  const body = parseJson(rawBody);
  open.setBody(body);
  // A browser asks before it sends a page's request: faults are meant for the request itself.
  const isPreflight = method === 'OPTIONS' && incoming.headers.origin !== undefined;
  const faults = isPreflight ? [] : chooseFaults({ method, path, body });
  const reply = createReply(incoming, response, open, faults);
  if (!isLocal(incoming.headers)) return reply.plain(403, '');
  if (failAtOnce(reply, faults)) return;
  const methods = routes[path];
  const allow = methods && { allow: Object.keys(methods).join(', ') };
  if (isPreflight) return reply.plain(204, '', undefined, { ...preflightHeaders, ...allow });
  const handler = methods?.[method];
  if (handler) handler(world, { rawBody, body, reply, faults, open });
  else if (allow) reply.plain(405, '405 method not allowed', 'text/plain', allow);
  else reply.plain(404, '404 page not found', 'text/plain');
}

/** The faults for which the request is not even looked at. */
function failAtOnce(reply: Reply, faults: readonly Fault[]): boolean {
  const status = findFault(faults, 'status');
  if (status) sendStatus(reply, status);
  else if (
    faults.some((fault) => fault.kind === 'reset' && fault.afterTokens === undefined && fault.afterBytes === undefined)
  )
    reply.reset();
  return reply.over;
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the route says what is wrong with it
  }
}
