import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';

/** What a server answered, byte for byte. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** A string goes out as it is, anything else as JSON. */
  readonly body?: unknown;
}

/** Sends a request without any help from a client library. */
export async function ask(url: string, { method = 'POST', headers = {}, body }: Asked = {}): Promise<Answered> {
  const outgoing = request(url, { method, headers, agent: false });
  outgoing.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  const [response] = await once(outgoing, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') };
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
export type Json = any;

/** Sends JSON and reads one JSON document. */
export async function askJson(url: string, body: unknown): Promise<Json> {
  return JSON.parse((await ask(url, { body })).text);
}

/** Sends JSON and reads the lines of a stream. */
export async function askLines(url: string, body: unknown): Promise<Json[]> {
  const { text } = await ask(url, { body });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
