import type { ListedRun } from '@millrace/runner';
import type { HttpWorld } from '../http-world.ts';
import { runDetailJson, runJson } from '../json/run-json.ts';
import { maxFailures } from '../max-failures.ts';
import { ofRun } from '../of-run.ts';
import { defineRoute, type Route } from '../route.ts';
import { answers } from '../schemas/answers.ts';
import { object, ref, text } from '../schemas/object.ts';
import { limit, runParams } from '../schemas/parameters.ts';
import { runStatuses } from '../schemas/runs.ts';

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
      const file = workflow && daemon.workflows().find(({ id }) => id === workflow)?.file;
      const which = file === undefined ? { workflow } : { file };
      const page = (await journal.read((reader) => reader.runs({ ...query, ...which }))) ?? { runs: [] };
      return { ...page, runs: page.runs.map(runJson) };
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
];
