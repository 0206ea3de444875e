import { MillraceError } from '@millrace/errors';
import type { ListedRun } from '@millrace/runner';
import type { StartRequest } from '../../daemon/daemon.ts';
import { findServed } from '../find-served.ts';
import type { HttpWorld } from '../http-world.ts';
import { runDetailJson, runJson } from '../json/run-json.ts';
import { ofRun } from '../of-run.ts';
import { defineRoute, type Route } from '../route.ts';
import { answers } from '../schemas/answers.ts';
import { object, ref, text } from '../schemas/object.ts';
import { limit, runParams, workflowId } from '../schemas/parameters.ts';
import { runStatuses } from '../schemas/runs.ts';

/** More failures would take longer to read than anybody wants to wait for an answer. */
const maxFailures = 1_000;

interface RunsQuery {
  readonly workflow?: string;
  readonly status?: ListedRun['status'];
  readonly limit: number;
  readonly before?: number;
}

/** Runs: those of this server, and of any process that uses its journal. */
export const runRoutes = ({ daemon, journal }: HttpWorld): readonly Route[] => [
  defineRoute<{ query: RunsQuery }>({
    method: 'GET',
    url: '/api/runs',
    schema: {
      tags: ['runs'],
      operationId: 'listRuns',
      summary: 'Runs, newest first.',
      querystring: object({
        'workflow?': text('Only those of this workflow: its id, or the name of any that has run.', { minLength: 1 }),
        'status?': text('Only those that stand so.', { enum: runStatuses }),
        'limit?': limit(500, 50),
        'before?': { type: 'integer', minimum: 0, description: 'The `next` of the page before.' },
      }),
      response: answers(ref('RunPage'), 'A page of runs.'),
    },
    handle: async ({ query: { workflow, ...query } }) => {
      const file = daemon.workflows().find(({ id }) => id === workflow)?.file;
      const which = file === undefined ? { workflow } : { file };
      const page = (await journal.read((reader) => reader.runs({ ...query, ...which }))) ?? { runs: [] };
      return { ...page, runs: page.runs.map(runJson) };
    },
  }),
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
    method: 'GET',
    url: '/api/runs/:id',
    schema: {
      tags: ['runs'],
      operationId: 'getRun',
      summary: 'All that is known of a run but its rows.',
      params: runParams,
      response: answers(ref('RunDetail'), 'The run.'),
    },
    handle: async ({ params: { id } }) =>
      runDetailJson(await ofRun(journal, id, (reader, { id: whole }) => reader.show(whole, maxFailures))),
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
      await daemon.cancel(run.id);
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
      return { id: await daemon.resume((await ofRun(journal, id, (_, found) => found)).id) };
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
      return { id: await daemon.retry((await ofRun(journal, id, (_, found) => found)).id, body?.cause) };
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
