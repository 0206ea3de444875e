import type { CallEnd, CallStart, StepRetry } from '@millrace/runner';
import { type Context, SpanKind } from '@opentelemetry/api';
import { names } from './attribute-names.ts';
import { answerAttributes, callAttributes, callName } from './call-attributes.ts';
import { errorCode } from './error-code.ts';
import type { OpenSpan, StartSpan } from './spans.ts';

/** The span of a step, and those of its calls. */
export interface StepTrace {
  callBegan(event: CallStart): void;
  callEnded(event: CallEnd): void;
  retried(event: StepRetry): void;
  /** Calls that are in flight nobody waits for any more. @param error Its code. */
  end(status: string, error?: string): void;
}

/** A call in flight. */
interface OpenCall {
  readonly span: OpenSpan;
  readonly model: string;
}

/** Begins the span of a step. @param parent Of its row, or its group. */
export function openStep(start: StartSpan, parent: Context, id: string): StepTrace {
  const step = start('step', { [names.step]: id }, parent);
  const calls = new Map<string, OpenCall>();
  const take = (place: string): OpenCall | undefined => {
    const call = calls.get(place);
    calls.delete(place);
    return call;
  };
  return {
    callBegan: (event) => {
      const place = placeOf(event);
      take(place)?.span.end(cancelled);
      const span = start(callName(event), callAttributes(event), step.context, SpanKind.CLIENT);
      calls.set(place, { span, model: event.model });
    },
    callEnded: (event) => {
      const call = take(placeOf(event));
      call?.span.end(answerAttributes(event, call.model), failureOf(event));
    },
    retried: ({ attempt, error, delayMs }) =>
      step.note('millrace.retry', {
        [names.retryAttempt]: attempt,
        [names.retryDelay]: delayMs,
        [names.errorType]: errorCode(error),
      }),
    end: (status, error) => {
      for (const { span } of calls.values()) span.end(cancelled);
      calls.clear();
      step.end({ [names.stepStatus]: status }, error);
    },
  };
}

const cancelled = { [names.callStatus]: 'cancelled' };

/** Calls of a step that are in flight together differ in it. */
const placeOf = ({ element, round, piece }: CallStart | CallEnd): string => `${element}/${round}/${piece}`;

function failureOf({ status, error }: CallEnd): string | undefined {
  if (error) return errorCode(error);
  return status === 'widened' ? 'CONTEXT_OVERFLOW' : undefined;
}
