import type { IncomingMessage } from 'node:http';
import type { OllamaError } from '@millrace/errors';
import type { MessageOrigin } from './messages.ts';
import { maxErrorBytes, refusal } from './refusal.ts';
import type { RunningClocks } from './running-clocks.ts';
import { joinText } from './utf8.ts';

/** Reads an answer that is no success, and reports the error it means, also where its body is cut, huge or empty. */
export function readRefusal(
  response: IncomingMessage,
  origin: MessageOrigin,
  clocks: RunningClocks,
  report: (error: OllamaError) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const finish = (): void => {
    const { statusCode: status = 0, headers } = response;
    const { location, date, 'retry-after': retryAfter } = headers;
    report(refusal({ status, location, retryAfter, date }, origin, joinText(chunks, size)));
  };
  response.on('data', (chunk: Buffer) => {
    clocks.heard = true;
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxErrorBytes) finish();
  });
  response.on('end', finish);
  response.on('error', finish);
}
