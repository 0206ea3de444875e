import { type Observable, ReplaySubject } from 'rxjs';
import type { WholeMessage } from './stored-message.ts';

/** Calls in flight whose request determines their answer, so that an equal one need not be made beside them. */
export interface EqualCalls {
  /** The answer of the call that is in flight for this request, or nothing where it came to none; undefined where there is no such call. */
  follow(request: string): Observable<WholeMessage> | undefined;
  /** Notes a call; to be ended in any case. */
  lead(request: string): { answer(message: WholeMessage): void; end(): void };
}

/** One for each run. */
export function createEqualCalls(): EqualCalls {
  const inFlight = new Map<string, ReplaySubject<WholeMessage>>();
  return {
    follow: (request) => inFlight.get(request),
    lead: (request) => {
      const answer = new ReplaySubject<WholeMessage>(1);
      inFlight.set(request, answer);
      return {
        answer: (message) => answer.next(message),
        end: () => {
          if (inFlight.get(request) === answer) inFlight.delete(request);
          answer.complete();
        },
      };
    },
  };
}
