import type { IncomingMessage } from 'node:http';
import { firstJsonValue, goJsonError } from '../wire/go-json-error.ts';
import { goKind, isObject } from '../wire/read-fields.ts';
import { RequestError } from '../wire/request-error.ts';

/** Far more than any context holds; splitting a prompt into tokens takes half a second for each megabyte. */
const maxBodyBytes = 8 * 1024 * 1024;

/** Reads the JSON object a request carries. @param struct Go's name for it, for the error texts. */
export async function readBody(request: IncomingMessage, struct: string): Promise<Readonly<Record<string, unknown>>> {
  const body = parse(await readText(request));
  if (body === null) return {};
  if (!isObject(body)) {
    throw new RequestError(400, `json: cannot unmarshal ${goKind(body)} into Go value of type api.${struct}`);
  }
  return body;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes)
      throw new RequestError(413, `http: request body too large: the limit is ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  if (text.trim() === '') throw new RequestError(400, 'missing request body');
  try {
    return JSON.parse(text);
  } catch {
    const reason = explain(text);
    if (reason !== null) throw new RequestError(400, reason);
    return JSON.parse(firstJsonValue(text));
  }
}

function explain(text: string): string | null {
  try {
    return goJsonError(text);
  } catch (error) {
    if (error instanceof RangeError) return 'exceeded max depth'; // nested deeper than the stack
    throw error;
  }
}
