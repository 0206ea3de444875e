import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';

/** A whole answer. */
export interface ClientAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The lines of the body as JSON; fails where one is none. */
  readonly json: readonly Row[];
}

/** One message of an answer. */
export type Row = Record<string, unknown> & { message?: Record<string, unknown> };

/** Sends a POST of some JSON, or a GET without one, and reads the answer to its end. */
export async function ask(
  url: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<ClientAnswer> {
  const { incoming } = await open(url, path, body, headers);
  return read(incoming);
}

/** Sends a request and waits for the headers only. */
export async function open(
  url: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ outgoing: ClientRequest; incoming: IncomingMessage }> {
  const outgoing = send(url, path, body, headers);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { outgoing, incoming };
}

/** Sends a request and waits for nothing. */
export function send(url: string, path: string, body?: unknown, headers: Record<string, string> = {}): ClientRequest {
  const outgoing = request(url + path, { method: body === undefined ? 'GET' : 'POST', agent: false, headers });
  outgoing.on('error', () => undefined); // who waits for the answer sees it
  return outgoing.end(body === undefined ? '' : JSON.stringify(body));
}

/** Reads an answer to its end. */
export async function read(incoming: IncomingMessage): Promise<ClientAnswer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    text,
    get json() {
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Row);
    },
  };
}

/** Reads until the answer holds so many lines, and gives its text so far. */
export async function readLines(incoming: IncomingMessage, count: number): Promise<string> {
  let text = '';
  incoming.setEncoding('utf8');
  while (text.split('\n').length <= count) {
    const [part] = (await once(incoming, 'data')) as [string];
    text += part;
  }
  return text;
}

/** Reads what comes, and tells how it ended. */
export async function readBroken(incoming: IncomingMessage): Promise<{ bytes: Buffer; error: Error | undefined }> {
  const parts: Buffer[] = [];
  try {
    for await (const part of incoming) parts.push(part as Buffer);
    return { bytes: Buffer.concat(parts), error: undefined };
  } catch (error) {
    return { bytes: Buffer.concat(parts), error: error as Error };
  }
}

/** The text of all messages of an answer. */
export function textOf(rows: readonly Row[]): string {
  return rows.map((row) => String(row.response ?? row.message?.content ?? '')).join('');
}
