import type { FastifyRequest } from 'fastify';

/** Reads the texts of a query as the integers that its schema wants. Bodies are taken as they are: there a text is a text. */
export function readQueryNumbers(request: FastifyRequest): void {
  const schema = request.routeOptions.schema?.querystring as
    | { readonly properties?: Readonly<Record<string, { readonly type?: string }>> }
    | undefined;
  const query = request.query as Record<string, unknown>;
  for (const [name, { type }] of Object.entries(schema?.properties ?? {})) {
    const text = query[name];
    if (type === 'integer' && typeof text === 'string' && /^-?\d{1,15}$/.test(text)) query[name] = Number(text);
  }
}
