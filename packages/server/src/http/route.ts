import type { FastifyReply, FastifySchema } from 'fastify';

/** A request as its schema has let it pass. */
export interface Call<Shape extends RouteShape = RouteShape> {
  readonly params: Shape['params'];
  readonly query: Shape['query'];
  readonly body: Shape['body'];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** For a status or a header of its own. */
  readonly reply: FastifyReply;
}

/** What the schema of a route lets pass. */
export interface RouteShape {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** A route of the API; the document is generated from it. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly schema: FastifySchema;
  /** It asks for no token. */
  readonly isOpen?: true;
  /** Returns what is answered, as JSON. */
  handle(call: Call): unknown;
}

/** The same for a route whose schema is known to let nothing but this shape pass. */
export const defineRoute = <Shape extends RouteShape>(
  route: Omit<Route, 'handle'> & { handle(call: Call<Shape>): unknown },
): Route => route as Route;
