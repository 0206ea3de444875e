import type { HttpWorld } from '../http-world.ts';
import { defineRoute, type Route } from '../route.ts';
import { answers } from '../schemas/answers.ts';
import { text } from '../schemas/object.ts';

/** For Prometheus. */
export const metricRoutes = ({ metrics }: HttpWorld): readonly Route[] => [
  defineRoute({
    method: 'GET',
    url: '/metrics',
    schema: {
      tags: ['health'],
      operationId: 'metrics',
      summary: 'Figures of runs, rows, schedules and the process, as Prometheus reads them.',
      response: {
        ...answers({}, ''),
        200: { description: 'The figures.', content: { 'text/plain': { schema: text('Lines of Prometheus.') } } },
      },
    },
    handle: async ({ reply }) => {
      const { type, text: figures } = await metrics.read();
      return reply.header('content-type', type).send(figures);
    },
  }),
];
