import { HttpError } from '../error-answer.ts';
import type { HttpWorld } from '../http-world.ts';
import { countFailing } from '../is-failing.ts';
import { defineRoute, type Route } from '../route.ts';
import { answers } from '../schemas/answers.ts';
import { count, object, text } from '../schemas/object.ts';

/** For what watches over the server; without a token, since it has none. */
export function healthRoutes({ daemon, journal }: HttpWorld): readonly Route[] {
  let failing = 0;
  return [
    defineRoute({
      method: 'GET',
      url: '/healthz',
      isOpen: true,
      schema: {
        tags: ['health'],
        operationId: 'health',
        summary: 'Whether the process lives, and how many schedules fail.',
        security: [],
        response: answers(
          object({
            status: text('`failing` where a schedule fails.', { enum: ['ok', 'failing'] }),
            failing: count('Schedules whose last run failed, or that are paused by failures.'),
          }),
          'It lives.',
        ),
      },
      handle: () => {
        failing = stillFailing(daemon, failing);
        return { status: failing === 0 ? 'ok' : 'failing', failing };
      },
    }),
    defineRoute({
      method: 'GET',
      url: '/readyz',
      isOpen: true,
      schema: {
        tags: ['health'],
        operationId: 'readiness',
        summary: 'Whether requests should come here: 503 while it stops, and where the journal cannot be read.',
        security: [],
        response: answers(object({ status: { const: 'ready', description: 'Nothing else is 200.' } }), 'They should.'),
      },
      handle: async () => {
        if (daemon.state() === 'stopping')
          throw new HttpError(503, 'SERVER_BUSY', 'The server is stopping.', 'Start it again, and ask then.');
        await journal.read((reader) => reader.list({ limit: 1 }));
        return { status: 'ready' };
      },
    }),
  ];
}

/** A server that stops has let go of its schedules, and lives all the same: what was known last holds. */
function stillFailing(daemon: HttpWorld['daemon'], known: number): number {
  try {
    return countFailing(daemon);
  } catch (error) {
    if (daemon.state() === 'stopping') return known;
    throw error;
  }
}
