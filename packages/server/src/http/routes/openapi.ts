import { defineRoute, type Route } from '../route.ts';
import { answers } from '../schemas/answers.ts';

/** What describes all the others. @param document Made when it is asked for first: by then all routes are there. */
export const openapiRoutes = (document: () => unknown): readonly Route[] => [
  defineRoute({
    method: 'GET',
    url: '/openapi.json',
    schema: {
      tags: ['api'],
      operationId: 'openapi',
      summary: 'This document.',
      response: answers({ type: 'object', description: 'OpenAPI 3.1.' }, 'The document.'),
    },
    handle: document,
  }),
];
