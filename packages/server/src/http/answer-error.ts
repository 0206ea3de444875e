import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { errorAnswer } from './error-answer.ts';
import { noteFailure } from './request-log.ts';

/** Answers a request that failed, and notes it where this side is to blame. */
export function answerError(log: Logger, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body } = errorAnswer(error);
  if (status >= 500) noteFailure(log, request, error);
  // What was not read of a request that is too long is not waited for.
  if (status === 413) reply.header('connection', 'close');
  reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}
