import type { FastifyReply, FastifyRequest } from 'fastify';
import { bearerCheck } from './bearer.ts';
import { HttpError } from './error-answer.ts';

/** What a request must be before anything of it is read. */
export interface GuardOptions {
  /** Whether a `Host` header names this server. */
  readonly isOwn: (authority: string) => boolean;
  readonly token?: string | undefined;
}

/** Refuses requests that come from where none may come from. It changes and reads nothing. @throws {HttpError} `REQUEST_REFUSED`. */
export function createGuard({ isOwn, token }: GuardOptions): (request: FastifyRequest, reply: FastifyReply) => void {
  const hasToken = token === undefined ? undefined : bearerCheck(token);
  return (request, reply) => {
    const { headers, method } = request;
    refuseForeignHost(headers.host, isOwn);
    refuseForeignPage(method, headers, isOwn);
    if (hasToken && !request.routeOptions.config.isOpen && !hasToken(headers.authorization)) {
      reply.header('www-authenticate', 'Bearer realm="millrace"');
      throw new HttpError(
        401,
        'REQUEST_REFUSED',
        'The request carries no token, or a wrong one.',
        'Send `Authorization: Bearer TOKEN` with the token of the server.',
      );
    }
    if (method === 'POST') refuseOtherThanJson(headers['content-type']);
    // What comes with a request that has no use for it is not waited for.
    else if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined)
      reply.header('connection', 'close');
  };
}

type Headers = FastifyRequest['headers'];

function refuseForeignHost(host: string | undefined, isOwn: GuardOptions['isOwn']): void {
  if (host !== undefined && isOwn(host)) return;
  throw new HttpError(403, 'REQUEST_REFUSED', `The Host header ${quoted(host)} does not name this server.`);
}

/** A page of elsewhere may look, as it is not shown what it sees: no header of CORS is ever sent. It may not change anything. */
function refuseForeignPage(method: string, headers: Headers, isOwn: GuardOptions['isOwn']): void {
  const { origin } = headers;
  if (headers['sec-fetch-site'] === 'cross-site')
    throw new HttpError(403, 'REQUEST_REFUSED', 'A page of another site has made this request.');
  if (origin === undefined || method === 'GET' || method === 'HEAD') return;
  const [, authority] = /^https?:\/\/([^/]+)$/i.exec(origin) ?? [];
  if (authority !== undefined && isOwn(authority) && authority.toLowerCase() === headers.host?.toLowerCase()) return;
  throw new HttpError(403, 'REQUEST_REFUSED', `A page of ${quoted(origin)} has made this request.`);
}

/** Any other type can be sent by a form of a foreign page, without asking. */
function refuseOtherThanJson(type: string | undefined): void {
  if (type !== undefined && /^application\/json *(;|$)/i.test(type.trim())) return;
  throw new HttpError(
    415,
    'USAGE_INVALID',
    `The content type is ${quoted(type)}, and only application/json is understood.`,
    'Send `Content-Type: application/json`; `curl --json` does.',
  );
}

const quoted = (text: string | undefined): string =>
  text === undefined ? 'that is missing' : `\`${text.slice(0, 100)}\``;
