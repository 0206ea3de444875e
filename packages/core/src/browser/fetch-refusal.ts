import { maxErrorBytes, refusal } from '../refusal.ts';
import { joinText } from '../utf8.ts';
import type { FetchFlight } from './fetch-exchange.ts';

/** Whether an answer is no success; a redirect is none, and shows nothing of itself. */
export const isRefusal = (response: Response): boolean => !response.ok;

/** Reads an answer that is no success, and reports the error it means, also where its body is cut, huge or empty. */
export function readRefusal(response: Response, flight: FetchFlight): void {
  const { where, model, clocks, subscriber, reader } = flight;
  const { status } = response;
  const headerOf = (name: string): string | undefined => response.headers.get(name) ?? undefined;
  const location = headerOf('location') ?? (response.type === 'opaqueredirect' ? 'another address' : undefined);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const finish = (): void => {
    if (subscriber.closed) return;
    const head = { status, location, retryAfter: headerOf('retry-after'), date: headerOf('date') };
    reader.error(refusal(head, { where, model }, joinText(chunks, size)));
  };
  const pump = (body: ReadableStreamDefaultReader<Uint8Array>): void => {
    body.read().then(({ done, value }) => {
      if (done || subscriber.closed) return finish();
      clocks.heard = true;
      chunks.push(value);
      size += value.length;
      if (size > maxErrorBytes) finish();
      else pump(body);
    }, finish);
  };
  if (response.body === null) finish();
  else pump(response.body.getReader());
}
