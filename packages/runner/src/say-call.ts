import { describeError } from '@millrace/errors';
import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import type { CallEnd, CallStart, StepStart } from './events.ts';
import type { WholeMessage } from './journal/stored-message.ts';
import type { AttemptMessage, StepCall } from './run-step.ts';
import { isParked } from './stages/parked.ts';

/**
 * Says when the request of an attempt begins and ends, around what the attempt says itself. One observer: docs/decisions/2026-11-23-hot-path.md
 *
 * @param answered What the model answered, as soon as it did: an answer that is refused has cost its tokens too.
 */
export const sayCall =
  (
    { place, kind, context }: StepCall,
    attempt: number,
    answered: () => WholeMessage | undefined,
  ): MonoTypeOperatorFunction<AttemptMessage> =>
  (messages) =>
    new Observable((subscriber) => {
      let isOpen = false;
      const begin = ({ host = '' }: StepStart): void => {
        isOpen = true;
        const { model } = context;
        subscriber.next({ type: 'call-start', ...place, attempt, host, kind: kind.kind, model } satisfies CallStart);
      };
      const end = (status: CallEnd['status'], error?: unknown): void => {
        if (!isOpen) return;
        isOpen = false;
        const failure = status === 'failed' && { error: describeError(error) };
        subscriber.next({ type: 'call-end', ...place, attempt, status, ...failure, ...factsOf(answered()) });
      };
      return messages.subscribe({
        next: (message) => {
          if (message.type === 'done') end('ok');
          subscriber.next(message);
          if (message.type === 'step-start') begin(message);
        },
        error: (error: unknown) => {
          end(isParked(error) ? 'widened' : 'failed', error);
          subscriber.error(error);
        },
        complete: () => subscriber.complete(),
      });
    });

function factsOf(message: WholeMessage | undefined): Pick<CallEnd, 'usage' | 'doneReason'> {
  if (!message) return {};
  if (message.type === 'value') return message.usage ? { usage: message.usage } : {};
  const { usage, truncated, doneReason = truncated ? 'length' : undefined } = message.output;
  return { usage, ...(doneReason !== undefined && { doneReason }) };
}
