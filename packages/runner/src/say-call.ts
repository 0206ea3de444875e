import { describeError } from '@millrace/errors';
import { catchError, concat, defer, type MonoTypeOperatorFunction, mergeMap, of, throwError } from 'rxjs';
import type { CallEnd, CallStart, StepStart } from './events.ts';
import type { WholeMessage } from './journal/stored-message.ts';
import type { AttemptMessage, StepCall } from './run-step.ts';
import { isParked } from './stages/parked.ts';

/**
 * Says when the request of an attempt begins and ends, around what the attempt says itself.
 *
 * @param answered What the model answered, as soon as it did: an answer that is refused has cost its tokens too.
 */
export const sayCall =
  (
    call: StepCall,
    attempt: number,
    answered: () => WholeMessage | undefined,
  ): MonoTypeOperatorFunction<AttemptMessage> =>
  (messages) =>
    defer(() => {
      let isOpen = false;
      const start = ({ host = '' }: StepStart): CallStart => {
        isOpen = true;
        return { type: 'call-start', ...call.place, attempt, host, kind: call.kind.kind, model: call.context.model };
      };
      const end = (how: Pick<CallEnd, 'status' | 'error'>): CallEnd => {
        isOpen = false;
        return { type: 'call-end', ...call.place, attempt, ...how, ...factsOf(answered()) };
      };
      return messages.pipe(
        mergeMap((message) => {
          if (message.type === 'step-start') return of(message, start(message));
          if (message.type === 'done' && isOpen) return of(end({ status: 'ok' }), message);
          return of(message);
        }),
        catchError((error: unknown) => {
          const failed = throwError(() => error);
          if (!isOpen) return failed;
          return concat(
            of(end(isParked(error) ? { status: 'widened' } : { status: 'failed', error: describeError(error) })),
            failed,
          );
        }),
      );
    });

function factsOf(message: WholeMessage | undefined): Pick<CallEnd, 'usage' | 'doneReason'> {
  if (!message) return {};
  if (message.type === 'value') return message.usage ? { usage: message.usage } : {};
  const { usage, truncated, doneReason = truncated ? 'length' : undefined } = message.output;
  return { usage, ...(doneReason !== undefined && { doneReason }) };
}
