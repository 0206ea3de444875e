import { findServed } from '../find-served.ts';
import type { HttpWorld } from '../http-world.ts';
import { workflowJson } from '../json/workflow-json.ts';
import { defineRoute, type Route } from '../route.ts';
import { answers } from '../schemas/answers.ts';
import { list, object, ref, text } from '../schemas/object.ts';

/** Workflows that are served. */
export const workflowRoutes = ({ daemon }: HttpWorld): readonly Route[] => [
  defineRoute({
    method: 'GET',
    url: '/api/workflows',
    schema: {
      tags: ['workflows'],
      operationId: 'listWorkflows',
      summary: 'The workflows that are served, by id.',
      response: answers(object({ workflows: list(ref('Workflow'), 'Sorted by id.') }), 'The workflows.'),
    },
    handle: () => ({ workflows: daemon.workflows().map(workflowJson) }),
  }),
  defineRoute<{ params: { '*': string } }>({
    method: 'GET',
    url: '/api/workflows/*',
    schema: {
      tags: ['workflows'],
      operationId: 'getWorkflow',
      summary: 'One of them. Its id may have slashes, as they are or as `%2F`.',
      params: object({ '*': text('The id of the workflow.') }),
      response: answers(ref('Workflow'), 'The workflow.'),
    },
    handle: ({ params }) => workflowJson(findServed(daemon, params['*'])),
  }),
];
