import { failures } from './fail.ts';
import type { Fault } from './faults.ts';
import type { Reply } from './reply.ts';

/** Sends the answer of a `status` fault. */
export function sendStatus(
  reply: Reply,
  { status, contentType, headers, ...fault }: Extract<Fault, { kind: 'status' }>,
): void {
  const body = 'body' in fault ? fault.body : { error: status === 503 ? failures.busy.error : `fault ${status}` };
  const isText = typeof body === 'string';
  const text = isText ? body : JSON.stringify(body);
  const usual = isText ? (text === '' ? undefined : 'text/plain') : 'application/json; charset=utf-8';
  reply.plain(status, text, contentType ?? usual, headers);
}
