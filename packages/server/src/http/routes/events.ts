import { Readable } from 'node:stream';
import { HttpError } from '../error-answer.ts';
import { eventIdPattern, readEventId } from '../events/event-id.ts';
import { pageBytes, runEvents } from '../events/run-events.ts';
import type { HttpWorld } from '../http-world.ts';
import { ofRun } from '../of-run.ts';
import { defineRoute, type Route } from '../route.ts';
import { answers } from '../schemas/answers.ts';
import { object, type Schema, text } from '../schemas/object.ts';
import { runParams } from '../schemas/parameters.ts';

/** Half of the connections are left for who wants to know how the server is. */
const maxStreams = 256;

/** What happens in a run, as it happens. */
export function eventRoutes({ journal, closing }: HttpWorld): readonly Route[] {
  let streams = 0;
  return [
    defineRoute<{ params: { id: string }; query: { after?: string } }>({
      method: 'GET',
      url: '/api/runs/:id/events',
      schema: {
        tags: ['runs'],
        operationId: 'streamEvents',
        summary: 'The events of a run: `run-start`, `row-end`, `group-end`, and at last `run-end`.',
        params: runParams,
        querystring: object({
          'after?': text('Only what comes after the event of this id.', { pattern: eventIdPattern }),
        }),
        headers: {
          type: 'object',
          properties: { 'last-event-id': text('As `after`; a browser sends it when it comes back.', { minLength: 1 }) },
        },
        response: {
          ...answers({}, ''),
          200: {
            description: 'Server-sent events; docs/api.md describes each.',
            content: streamOf(text('The stream.')),
          },
          204: { description: 'The run has ended, and its end was seen.', type: 'null' },
        },
      },
      handle: async ({ params: { id }, query, headers, reply }) => {
        const place = placeOf(headers['last-event-id'], query.after);
        const page = await ofRun(journal, id, (reader, run) => reader.ended(run.id, place?.after ?? -1, pageBytes));
        // A browser comes back for ever, unless it is told that there is nothing more.
        if (place?.isEnd && page.rows.length === 0 && page.run.status !== 'running') return reply.code(204).send();
        if (streams >= maxStreams) throw tooManyStreams();
        if (reply.raw.destroyed) return reply.code(204).send(); // gone already: nobody would tell of its end
        const stopped = new AbortController();
        const stop = (): void => stopped.abort();
        const stream = Readable.from(runEvents(journal, page.run.id, { after: place?.after, signal: stopped.signal }));
        streams += 1;
        closing.addEventListener('abort', stop);
        // Not when the stream closes: it hears of a client that has gone when it has something to say.
        reply.raw.once('close', () => {
          streams -= 1;
          closing.removeEventListener('abort', stop);
          stop();
        });
        return reply.header('content-type', 'text/event-stream').header('x-accel-buffering', 'no').send(stream);
      },
    }),
  ];
}

const tooManyStreams = (): HttpError =>
  new HttpError(
    503,
    'SERVER_BUSY',
    `There are ${maxStreams} streams of events, and no more are opened.`,
    'Close one of them, or come again.',
  );

const streamOf = (schema: Schema): Schema => ({ 'text/event-stream': { schema } });

function placeOf(header: string | string[] | undefined, after: string | undefined) {
  const id = typeof header === 'string' ? header : after;
  if (id === undefined) return undefined;
  const place = readEventId(id);
  if (place) return place;
  throw new HttpError(400, 'USAGE_INVALID', `\`${id.slice(0, 100)}\` is no id of an event.`, 'Use one that was sent.');
}
