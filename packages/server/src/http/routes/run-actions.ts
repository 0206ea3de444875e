import { isMillraceError, MillraceError } from '@millrace/errors';
import type { StartRequest } from '../../daemon/daemon.ts';
import { HttpError } from '../error-answer.ts';
import { findServed } from '../find-served.ts';
import type { HttpWorld } from '../http-world.ts';
import { runJson } from '../json/run-json.ts';
import { maxFailures } from '../max-failures.ts';
import { ofRun } from '../of-run.ts';
import { refuseIdleRetry } from '../refuse-idle-retry.ts';
import { defineRoute, type Route } from '../route.ts';
import { answers } from '../schemas/answers.ts';
import { object, ref, text } from '../schemas/object.ts';
import { runParams, workflowId } from '../schemas/parameters.ts';

/** Starting runs, stopping them, and going on. */
export const runActionRoutes = ({ daemon, journal }: HttpWorld): readonly Route[] => [
  defineRoute<{ body: StartRequest & { readonly workflow: string } }>({
    method: 'POST',
    url: '/api/runs',
    schema: {
      tags: ['runs'],
      operationId: 'startRun',
      summary: 'Starts a run of a workflow; answers when it has begun.',
      body: object({
        workflow: workflowId,
        'inputs?': {
          type: 'object',
          additionalProperties: { type: ['string', 'number', 'boolean'] },
          description: 'By name; texts are read as the declared types.',
        },
        'mode?': text('`new` begins afresh; `continue`, the default, goes on as `millrace run` does.', {
          enum: ['continue', 'new'],
        }),
      }),
      response: answers(ref('RunId'), 'It has begun. `Location` is where it is.', 201),
    },
    handle: async ({ body: { workflow, ...request }, reply }) => {
      refuseWhileStopping(daemon);
      const id = await daemon.start(findServed(daemon, workflow).id, request);
      reply.code(201).header('location', `/api/runs/${id}`);
      return { id };
    },
  }),
  defineRoute<{ params: { id: string } }>({
    method: 'POST',
    url: '/api/runs/:id/cancel',
    schema: {
      tags: ['runs'],
      operationId: 'cancelRun',
      summary: 'Interrupts a run that this server has started; answers when it has ended.',
      params: runParams,
      body: nothing,
      response: answers(ref('Run'), 'It has ended, and can go on later.'),
    },
    handle: async ({ params: { id } }) => {
      const run = await ofRun(journal, id, (_, found) => found);
      await asItStands(() => daemon.cancel(run.id));
      return runJson(await ofRun(journal, run.id, (_, found) => found));
    },
  }),
  defineRoute<{ params: { id: string } }>({
    method: 'POST',
    url: '/api/runs/:id/resume',
    schema: {
      tags: ['runs'],
      operationId: 'resumeRun',
      summary: 'Goes on with a run that was interrupted or stopped; answers when it has begun.',
      params: runParams,
      body: nothing,
      response: answers(ref('RunId'), 'It goes on.'),
    },
    handle: async ({ params: { id } }) => {
      refuseWhileStopping(daemon);
      const run = await ofRun(journal, id, (_, found) => found);
      return { id: await asItStands(() => daemon.resume(run.id)) };
    },
  }),
  defineRoute<{ params: { id: string }; body: { cause?: string } | undefined }>({
    method: 'POST',
    url: '/api/runs/:id/retry',
    schema: {
      tags: ['runs'],
      operationId: 'retryRun',
      summary: 'Tries the rows of a run that failed again; answers when that has begun.',
      params: runParams,
      body: object({ 'cause?': text('Only those of this cause: see `retry_causes` of the run.', { minLength: 1 }) }),
      response: answers(ref('RunId'), 'It goes on.'),
    },
    handle: async ({ params: { id }, body }) => {
      refuseWhileStopping(daemon);
      const run = await ofRun(journal, id, (reader, found) => reader.show(found.id, maxFailures));
      refuseIdleRetry(run, body?.cause);
      return { id: await asItStands(() => daemon.retry(run.id, body?.cause)) };
    },
  }),
];

/** A body without anything in it, or none. */
const nothing = object({});

function refuseWhileStopping(daemon: HttpWorld['daemon']): void {
  if (daemon.state() !== 'stopping') return;
  throw new MillraceError('SERVER_BUSY', 'The server is stopping, and starts nothing any more.', {
    hint: 'Start it again, and ask then.',
  });
}

/** What a run is not in the state for is a wrong word on a command line; here the request is right, and comes at the wrong time. */
async function asItStands<Value>(act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (error) {
    if (!isMillraceError(error) || error.code !== 'USAGE_INVALID') throw error;
    throw new HttpError(409, error.code, error.message, error.hint, error);
  }
}
