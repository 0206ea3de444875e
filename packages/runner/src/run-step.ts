import type { ModelOptions } from '@millrace/core';
import { describeError, StepError } from '@millrace/errors';
import { catchError, concat, defer, EMPTY, ignoreElements, map, type Observable, of, throwError, timer } from 'rxjs';
import type { StepDelta, StepRetry, StepStart } from './events.ts';
import { inQueue } from './in-queue.ts';
import type { Lanes } from './lanes.ts';
import { type AnswerCheck, readAnswer } from './read-answer.ts';
import { type RetryCounts, retryCause, retryDelayMs } from './retry-by-cause.ts';
import type { StepContext, StepKind, StepMessage, StepOutput } from './step-kind.ts';

/** A step of a row, rendered. */
export interface StepCall {
  readonly place: { readonly key: string; readonly index: number; readonly step: string };
  readonly kind: StepKind;
  readonly body: unknown;
  readonly context: Omit<StepContext, 'ollama'>;
  /** Absent: the value is the text. */
  readonly check: AnswerCheck | undefined;
}

/** A step has its value. */
export interface StepDone {
  readonly type: 'done';
  readonly value: unknown;
  readonly output: StepOutput;
}

/**
 * One step, from the queue to its value. The order of the operators is the policy: the answer is read while the slot is held, the
 * slot is given back before a retry waits, and each attempt takes the lane that is shortest then.
 *
 * @throws {StepError} With the last attempt's error as its cause.
 */
export function runStep(
  call: StepCall,
  lanes: Lanes,
  random: () => number,
): Observable<StepStart | StepDelta | StepRetry | StepDone> {
  const { place, context } = call;

  const attempt = (number: number, counts: RetryCounts): ReturnType<typeof runStep> =>
    onShortestLane(call, lanes, number, counts).pipe(
      catchError((error: unknown) => {
        const cause = isHopeless(error, context.options) ? undefined : retryCause(error, counts);
        if (cause === undefined) return throwError(() => new StepError(place.step, place.key, error));
        const count = counts[cause] ?? 0;
        const delayMs = retryDelayMs(error, cause, count, random);
        return concat(
          of<StepRetry>({ type: 'step-retry', ...place, attempt: number, error: describeError(error), delayMs }),
          delayMs === 0 ? EMPTY : timer(delayMs).pipe(ignoreElements()),
          defer(() => attempt(number + 1, { ...counts, [cause]: count + 1 })),
        );
      }),
    );

  return attempt(1, {});
}

function onShortestLane(
  call: StepCall,
  lanes: Lanes,
  attempt: number,
  counts: RetryCounts,
): Observable<StepStart | StepDelta | StepDone> {
  return defer(() => {
    const { ollama, queue } = lanes.shortest();
    const context = { ...call.context, options: withRoomFor(call.context.options, counts.length ?? 0), ollama };
    const start: StepStart = { type: 'step-start', ...call.place, attempt, host: ollama.baseUrl };
    return concat(of(start), askModel(call, context)).pipe(inQueue(queue));
  });
}

const askModel = ({ kind, body, check, place }: StepCall, context: StepContext): Observable<StepDelta | StepDone> =>
  // The body has the shape that the kind's schema asks for: the workflow was checked against it.
  kind
    .run(body as never, context)
    .pipe(
      map((message: StepMessage): StepDelta | StepDone =>
        message.type === 'delta'
          ? { type: 'step-delta', ...place, text: message.text }
          : { type: 'done', value: readAnswer(message.output, check), output: message.output },
      ),
    );

/** An answer that was cut is asked for again with twice the room. */
function withRoomFor(options: ModelOptions | undefined, cuts: number): ModelOptions | undefined {
  if (cuts === 0 || !options?.num_predict || options.num_predict < 0) return options;
  return { ...options, num_predict: options.num_predict * 2 ** cuts };
}

/** Where the same request must give the same answer, or more room is not to be had, asking again only costs time. */
function isHopeless(error: unknown, options: ModelOptions | undefined): boolean {
  const retry = (error as { retry?: unknown }).retry;
  if (retry === 'invalid') return options?.temperature === 0 || (options?.seed ?? -1) >= 0;
  return retry === 'length' && (options?.num_predict ?? -1) < 0;
}
