import type { HttpWorld } from '../http-world.ts';
import { hostJson, modelsJson } from '../json/host-json.ts';
import { lookAtHost, type SeenHost } from '../look-at-host.ts';
import { defineRoute, type Route } from '../route.ts';
import { answers } from '../schemas/answers.ts';
import { list, object, ref, text } from '../schemas/object.ts';

/** Servers of models, and what they have, asked for when somebody asks. */
export const hostRoutes = ({ hosts }: HttpWorld): readonly Route[] => {
  const look = (): Promise<readonly SeenHost[]> => Promise.all(hosts.map(lookAtHost));
  return [
    defineRoute({
      method: 'GET',
      url: '/api/hosts',
      schema: {
        tags: ['hosts'],
        operationId: 'listHosts',
        summary: 'The servers of models, asked now.',
        response: answers(
          object({ hosts: list(ref('Host'), 'In the order in which they are configured.') }),
          'The hosts.',
        ),
      },
      handle: async () => ({ hosts: (await look()).map(hostJson) }),
    }),
    defineRoute({
      method: 'GET',
      url: '/api/models',
      schema: {
        tags: ['hosts'],
        operationId: 'listModels',
        summary: 'The models of all hosts, asked now.',
        response: answers(
          object({
            models: list(ref('Model'), 'By name.'),
            errors: list(object({ host: text('Its base URL.'), error: ref('Failure') }), 'Hosts that do not answer.'),
          }),
          'The models.',
        ),
      },
      handle: async () => {
        const seen = await look();
        const errors = seen.flatMap((host) => ('error' in host ? [{ host: host.url, error: host.error }] : []));
        return { models: modelsJson(seen), errors };
      },
    }),
  ];
};
