import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

const description = `Workflows, runs, schedules and hosts of a Millrace server.

Times are ISO 8601 in UTC. Errors have one form. Ids of runs may be shortened as on the command line, and \`last\` is the newest.`;

/** How the document is made of the routes. */
export const openapiOptions = (hasToken: boolean): FastifyDynamicSwaggerOptions => ({
  openapi: {
    openapi: '3.1.0',
    info: { title: 'Millrace', description, version: '1' },
    tags: [
      { name: 'workflows', description: 'Workflow files below the folders that are served.' },
      { name: 'runs', description: 'Runs in the journal: starting, stopping, looking.' },
      { name: 'rows', description: 'Rows of a run.' },
      { name: 'schedules', description: 'When workflows run by themselves.' },
      { name: 'hosts', description: 'Servers of models.' },
      { name: 'health', description: 'For what watches over the server.' },
      { name: 'api', description: 'The API itself.' },
    ],
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'The token of the server.' } },
    },
    // Where it has a token, nothing but /healthz and /readyz is answered without.
    ...(hasToken && { security: [{ token: [] }] }),
  },
  refResolver: {
    buildLocalReference: (schema, _base, _fragment, index) =>
      typeof schema.$id === 'string' ? schema.$id : `schema-${index}`,
  },
  // A parameter that may have slashes has no name in a path of fastify, and needs one here.
  transform: ({ schema, url }) => {
    if (!url.includes('*')) return { schema, url };
    const params = schema.params as { readonly properties: Readonly<Record<string, unknown>> };
    const named = { ...params, properties: { id: params.properties['*'] }, required: ['id'] };
    return { schema: { ...schema, params: named }, url: url.replace('*', ':id') };
  },
});
