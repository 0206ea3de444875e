import type { Clocks, ModelOptions, Usage } from '@millrace/core';
import { describeError, type OllamaError, StepError } from '@millrace/errors';
import {
  catchError,
  concat,
  defaultIfEmpty,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  mergeMap,
  Observable,
  of,
  throwError,
  timer,
} from 'rxjs';
import type { CallEnd, CallStart, StepDelta, StepRetry, StepStart } from './events.ts';
import type { EqualCalls } from './journal/equal-calls.ts';
import { questionPlace } from './journal/question-place.ts';
import { type Question, questionOf, type RunMemory } from './journal/recall.ts';
import { isDetermined } from './journal/request-identity.ts';
import type { RowRecord } from './journal/row-record.ts';
import { messageOf, type WholeMessage } from './journal/stored-message.ts';
import type { Lane } from './lanes/lane.ts';
import { type AnswerCheck, notEnsured, readAnswer } from './read-answer.ts';
import { type RetryCounts, retryCause, retryDelayMs } from './retry-by-cause.ts';
import { sayCall } from './say-call.ts';
import type { Scheduling } from './scheduling.ts';
import { isParked, parkedFor } from './stages/parked.ts';
import type { RejectedAnswer, StepContext, StepKind, StepMessage, StepOutput } from './step-kind.ts';
import type { StepPlace } from './step-place.ts';
import type { TokenTally } from './token-tally.ts';

/** One call of a step, rendered. */
export interface StepCall {
  readonly place: StepPlace;
  readonly kind: StepKind;
  readonly body: unknown;
  readonly context: Omit<StepContext, 'ollama' | 'rejected'>;
  /** Absent: the value is the text. */
  readonly check: AnswerCheck | undefined;
  /** What must be true of the value. */
  readonly ensure?: { readonly text: string; readonly isTrue: (value: unknown) => boolean } | undefined;
  /** In place of the defaults. */
  readonly retry?: RetryCounts | undefined;
  readonly clocks?: Clocks | undefined;
  /** Where its answers are kept, and looked for before the model is asked. */
  readonly record?: RowRecord | undefined;
  /** Whether an equal call may share its answer. Default: inside the run. */
  readonly cache?: 'off' | 'run' | 'shared' | undefined;
  /** Hashes of the images, in their order. */
  readonly imageHashes?: readonly string[] | undefined;
}

/** A step has its value. */
export interface StepDone {
  readonly type: 'done';
  readonly value: unknown;
  readonly thinking: string;
  /** Undefined where no model was asked. */
  readonly usage: Usage | undefined;
  readonly messages: StepOutput['messages'];
}

/** What a step says on the way to its value. */
export type StepProgress = StepStart | CallStart | CallEnd | StepDelta | StepRetry;

/** How calls are made. */
export interface CallTools {
  readonly scheduling: Scheduling;
  readonly random: () => number;
  /** Completes when the next call may begin; counted inside the slot, since no other call may go first. */
  readonly turn?: Observable<never> | undefined;
  readonly memory: RunMemory;
  readonly equalCalls: EqualCalls;
  readonly tally: TokenTally;
  /** Whether to say when each request begins and ends. Default: false. */
  readonly calls?: boolean | undefined;
}

/** What an attempt knows of those before it. */
interface Attempt {
  readonly number: number;
  readonly counts: RetryCounts;
  readonly rejected?: RejectedAnswer | undefined;
}

/**
 * One call of a step, from the queue to its value. The order of the operators is the policy: the answer is read while the slot is held,
 * the slot is given back before a retry waits, and each attempt takes the host that is free first then.
 *
 * @throws {StepError} With the last attempt's error as its cause; `Parked` where its row has to wait for a later stage.
 */
export function runStep(call: StepCall, tools: CallTools): Observable<StepProgress | StepDone> {
  const { place, context } = call;

  const attempt = (made: Attempt): ReturnType<typeof runStep> =>
    oneAttempt(call, tools, made).pipe(
      catchError((error: unknown) => {
        // Where no stage comes behind, its window is larger by now.
        if (isParked(error)) return tools.scheduling.isLast ? attempt(made) : throwError(() => error);
        const rejected = rejectedOf(error);
        const isInVain = !rejected && isHopeless(error, context.options);
        const cause = isInVain ? undefined : retryCause(error, made.counts, call.retry);
        if (cause === undefined) {
          noteFailure(call, tools, made, error);
          return throwError(() => new StepError(place.step, place.key, error, made.number));
        }
        const count = made.counts[cause] ?? 0;
        const delayMs = retryDelayMs(error, cause, count, tools.random);
        const counts = { ...made.counts, [cause]: count + 1 };
        noteFailure(call, tools, made, error);
        return concat(
          of<StepRetry>({ type: 'step-retry', ...place, attempt: made.number, error: describeError(error), delayMs }),
          delayMs === 0 ? EMPTY : timer(delayMs).pipe(ignoreElements()),
          // An answer that was refused stays so, whatever else goes wrong before the next one.
          defer(() => attempt({ number: made.number + 1, counts, rejected: rejected ?? made.rejected })),
        );
      }),
    );

  return attempt({ number: 1, counts: {} });
}

/** An attempt that came to nothing is worth knowing afterwards; an answer that did not fit is in the journal already, and here with its reason. */
function noteFailure({ record, place }: StepCall, { memory }: CallTools, made: Attempt, error: unknown): void {
  record?.fail(
    { ...questionPlace(place), asked: askedIn(made) },
    made.number,
    JSON.stringify(describeError(error)),
    memory.now(),
  );
}

/** Answers that came, but did not fit: the next question is another one. */
const askedIn = ({ counts }: Attempt): number => (counts.invalid ?? 0) + (counts.length ?? 0);

/** What one attempt says. */
export type AttemptMessage = StepStart | CallStart | CallEnd | StepDelta | StepDone;

const oneAttempt = (call: StepCall, tools: CallTools, made: Attempt): Observable<AttemptMessage> =>
  call.kind.asksModel === false ? withoutModel(call, made) : defer(() => withModel(call, tools, made));

/** What the journal knows is not asked again, and what is being asked is waited for. */
function withModel(call: StepCall, tools: CallTools, made: Attempt): Observable<AttemptMessage> {
  const { number, counts, rejected } = made;
  if (number === 1) forgetRefused(call);
  const options = withRoomFor(call.context.options, counts.length ?? 0);
  const question = questionOf(call, { number, asked: askedIn(made), rejected }, options, tools.memory);
  const { known, isShared, request } = question;
  if (known) return reused(call, tools, known);
  const asking = options === call.context.options ? call : { ...call, context: { ...call.context, options } };
  const ask = (keep: Question['keep']): Observable<AttemptMessage> => onFreeLane(asking, tools, made, keep);
  if (!isShared) return ask(question.keep);
  const leader = tools.equalCalls.follow(request);
  if (!leader) {
    const { answer, end } = tools.equalCalls.lead(request);
    const keepAndShare: Question['keep'] = (message, host) => {
      question.keep(message, host);
      answer(message);
    };
    return ask(keepAndShare).pipe(finalize(end));
  }
  return leader.pipe(
    defaultIfEmpty(undefined),
    mergeMap((message) => {
      if (!message) return withModel(call, tools, made);
      question.keep(message, null);
      return reused(call, tools, message);
    }),
  );
}

function reused(call: StepCall, { tally }: CallTools, message: WholeMessage): Observable<StepDone> {
  // What was asked in an earlier stage of this run is no answer of an earlier time.
  if (!call.record?.wasParked) tally.reuse(usageOf(message));
  return of(doneOf(call, message));
}

const usageOf = (message: WholeMessage): Usage | undefined =>
  message.type === 'output' ? message.output.usage : message.usage;

/** A row that failed because no answer did is tried again to get others, not to hear the same ones from the journal. */
function forgetRefused(call: StepCall): void {
  const place = questionPlace(call.place);
  const last = call.record?.lastBefore(place);
  if (!last) return;
  try {
    doneOf(call, messageOf(last));
  } catch {
    call.record?.forget(place);
  }
}

/** Waits for its stage, and then for a host. */
function onFreeLane(
  call: StepCall,
  tools: CallTools,
  made: Attempt,
  keep: Question['keep'],
): Observable<AttemptMessage> {
  const { scheduling, turn, tally, calls } = tools;
  const { number, rejected } = made;
  let answered: WholeMessage | undefined;
  const fitted = scheduling.fit(call, rejected);
  if (!fitted) return throwError(() => parkedFor(call.context.model));
  const begin = ({ ollama }: Lane): StepStart => ({
    type: 'step-start',
    ...call.place,
    attempt: number,
    host: ollama.baseUrl,
  });
  const ask = (lane: Lane): Observable<AttemptMessage> => {
    const client = call.clocks ? scheduling.lanes.withClocks(lane.ollama, call.clocks) : lane.ollama;
    const ear = scheduling.listen(lane, call, fitted);
    const own = { ollama: client, rejected, options: fitted.options };
    const messages = messagesOf(call, Object.assign({}, call.context, own), {
      whole: (message) => {
        answered = message;
        const usage = usageOf(message);
        tally.spend(usage);
        ear.answered(message, usage);
        keep(message, lane.ollama.baseUrl);
      },
      failed: ear.failed,
    }).pipe(ear.around);
    // Inside the slot, since no other call may go first.
    return turn ? concat(turn, of(begin(lane)), messages) : messages;
  };
  const silent = scheduling.lanes.run<AttemptMessage>(fitted.ask, turn ? () => undefined : begin, ask);
  return calls ? silent.pipe(sayCall(call, number, () => answered)) : silent;
}

/** Nothing to wait for; there is no host, and no such kind asks for one. */
const withoutModel = (call: StepCall, { number }: Attempt): Observable<StepStart | StepDelta | StepDone> =>
  concat(
    of<StepStart>({ type: 'step-start', ...call.place, attempt: number }),
    messagesOf(call, call.context as StepContext),
  );

/** Who hears of the answer of a call before the step does. */
interface AnswerEar {
  /** @throws What the step shall hear in its place. */
  whole(message: WholeMessage): void;
  /** @returns What the step shall hear in its place. */
  failed(error: unknown): unknown;
}

/** One observer in place of two operators: each costs a call as much as its place in the queue. */
const messagesOf = (call: StepCall, context: StepContext, ear?: AnswerEar): Observable<StepDelta | StepDone> =>
  new Observable((subscriber) => {
    const tell = (message: StepMessage): void => {
      if (message.type === 'delta') {
        subscriber.next({ type: 'step-delta', ...call.place, text: message.text });
        return;
      }
      try {
        ear?.whole(message);
        subscriber.next(doneOf(call, message));
      } catch (error) {
        subscriber.error(error);
      }
    };
    const fail = (error: unknown): void => subscriber.error(ear ? ear.failed(error) : error);
    try {
      // The body has the shape that the kind's schema asks for: the workflow was checked against it.
      const messages = call.kind.run(call.body as never, context);
      return messages.subscribe({ next: tell, error: fail, complete: () => subscriber.complete() });
    } catch (error) {
      return fail(error);
    }
  });

/** @throws {OllamaError} `OUTPUT_TRUNCATED`, `ANSWER_INVALID`. */
function doneOf({ check, ensure }: StepCall, message: WholeMessage): StepDone {
  const done: StepDone =
    message.type === 'value'
      ? { type: 'done', value: message.value, thinking: '', usage: message.usage, messages: [] }
      : { type: 'done', value: readAnswer(message.output, check), ...pick(message.output) };
  if (ensure && !ensure.isTrue(done.value))
    throw notEnsured(ensure.text, done.value, message.type === 'output' ? message.output : undefined);
  return done;
}

const pick = ({ thinking, usage, messages }: StepOutput) => ({ thinking, usage, messages });

/** An answer that was cut is asked for again with twice the room. */
function withRoomFor(options: ModelOptions | undefined, cuts: number): ModelOptions | undefined {
  if (cuts === 0 || !options?.num_predict || options.num_predict < 0) return options;
  return { ...options, num_predict: options.num_predict * 2 ** cuts };
}

/** What an answer that did not fit leaves for the next attempt. By its shape: the client may come with another copy of the errors. */
function rejectedOf(error: unknown): RejectedAnswer | undefined {
  const { code, details } = error as { readonly code?: unknown; readonly details?: OllamaError['details'] };
  if (code !== 'ANSWER_INVALID' || !details?.problems || details.partial === undefined) return undefined;
  return { text: details.partial.text, problems: details.problems };
}

/** Where the same request must give the same answer, or more room is not to be had, asking again only costs time. */
function isHopeless(error: unknown, options: ModelOptions | undefined): boolean {
  const retry = (error as { retry?: unknown }).retry;
  if (retry === 'invalid') return isDetermined(options);
  return retry === 'length' && (options?.num_predict ?? -1) < 0;
}
