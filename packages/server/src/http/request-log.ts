import { describeError } from '@millrace/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';

/** The route of a request, as the API writes it: without ids and keys, which are the data of somebody. */
const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'none';

/** Notes each request when it is answered: which route, how, how long; nothing of its query or its body. */
export const noteAnswer =
  (log: Logger, metrics: Metrics) =>
  (request: FastifyRequest, reply: FastifyReply): void => {
    const { method } = request;
    const noted = { method, route: routeOf(request), status: reply.statusCode };
    metrics.answered(noted, reply.elapsedTime / 1000);
    log.debug({ ...noted, ms: Math.round(reply.elapsedTime) }, 'answered');
  };

/** Notes a request that failed by the fault of this side, with all causes. */
export function noteFailure(log: Logger, request: FastifyRequest, error: unknown): void {
  const described = describeError(error);
  // Where it is a bug, the place says more than the words.
  const stack = described.code === 'INTERNAL' && error instanceof Error ? { stack: error.stack } : {};
  log.error({ method: request.method, route: routeOf(request), error: described, ...stack }, 'failed');
}
