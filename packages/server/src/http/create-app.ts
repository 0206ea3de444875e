import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import { answerError } from './answer-error.ts';
import { HttpError } from './error-answer.ts';
import { createGuard, type GuardOptions } from './guard.ts';
import type { HttpWorld } from './http-world.ts';
import { openapiOptions } from './openapi-options.ts';
import { readQueryNumbers } from './query-numbers.ts';
import { refuseConnection } from './refuse-connection.ts';
import { noteAnswer } from './request-log.ts';
import type { Route } from './route.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { hostRoutes } from './routes/hosts.ts';
import { metricRoutes } from './routes/metrics.ts';
import { openapiRoutes } from './routes/openapi.ts';
import { rowRoutes } from './routes/rows.ts';
import { runActionRoutes } from './routes/run-actions.ts';
import { runRoutes } from './routes/runs.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { workflowRoutes } from './routes/workflows.ts';
import { components } from './schemas/components.ts';
import { securityHeaders } from './security-headers.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route asks for no token. */
    isOpen?: boolean;
  }
}

/** Nothing that is asked for is longer. */
const maxBodyBytes = 64 * 1024;
/** Longer than any key that somebody would write into a URL. */
const maxParamLength = 4096;

/** What can listen, and what it answers then, such as `GET /api/runs/:id`. */
export interface App {
  readonly app: FastifyInstance;
  readonly routes: readonly string[];
}

/** Puts routes and guards together; it does not listen yet. */
export async function createApp(world: HttpWorld, guard: GuardOptions): Promise<App> {
  const app = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength },
    // Numbers of queries are read by their schema; nothing else becomes what it is not, and nothing is taken away in silence.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allowUnionTypes: true } },
    frameworkErrors: (error, request, reply) => {
      reply.headers(securityHeaders);
      answerError(world.log, error, request, reply);
    },
    clientErrorHandler: refuseConnection,
  });
  const checkRequest = createGuard(guard);
  // What is answered is made by hand, field by field: it need not be filtered a second time.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler((error, request, reply) => answerError(world.log, error, request, reply));
  app.setNotFoundHandler((request) => {
    const message = `There is no ${request.method} on this path.`;
    throw new HttpError(404, 'ROUTE_NOT_FOUND', message, '`/openapi.json` lists all routes.');
  });
  readJsonOnly(app);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    checkRequest(request, reply);
  });
  app.addHook('preValidation', async (request) => readQueryNumbers(request));
  const note = noteAnswer(world.log, world.metrics);
  app.addHook('onResponse', async (request, reply) => note(request, reply));
  for (const schema of components) app.addSchema(schema);
  const known: string[] = [];
  // Of what is really there, and not of what was meant to be.
  app.addHook('onRoute', ({ method, url }) => void known.push(...[method].flat().map((one) => `${one} ${url}`)));
  await app.register(swagger, openapiOptions(guard.token !== undefined));
  const routes = [
    ...workflowRoutes(world),
    ...runRoutes(world),
    ...runActionRoutes(world),
    ...rowRoutes(world),
    ...eventRoutes(world),
    ...scheduleRoutes(world),
    ...hostRoutes(world),
    ...healthRoutes(world),
    ...metricRoutes(world),
    ...openapiRoutes(() => app.swagger()),
  ];
  for (const route of routes) addRoute(app, route);
  await app.ready();
  return { app, routes: known };
}

function addRoute(app: FastifyInstance, { method, url, schema, isOpen, handle }: Route): void {
  app.route({
    method,
    url,
    schema,
    config: { isOpen: isOpen === true },
    handler: async ({ params, query, body, headers }, reply) => handle({ params, query, body, headers, reply }),
  });
}

/** A body may be left out where nothing has to be said. */
function readJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text === '') done(null, {});
    else parse(request, text as string, done);
  });
}
