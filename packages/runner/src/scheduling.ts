import type { ModelOptions, Usage } from '@millrace/core';
import type { OllamaError } from '@millrace/errors';
import { finalize, type Observable, tap } from 'rxjs';
import { answerRoom } from './context/answer-room.ts';
import { overflowOf } from './context/check-window.ts';
import { contextLengthOf } from './context/context-length.ts';
import type { TokenMeter } from './context/token-meter.ts';
import type { Windows } from './context/windows.ts';
import type { WholeMessage } from './journal/stored-message.ts';
import type { Ask } from './lanes/ask.ts';
import type { Lane } from './lanes/lane.ts';
import type { Lanes } from './lanes/lanes.ts';
import type { Reports } from './lanes/reports.ts';
import { defaultContext } from './reduce/batches.ts';
import type { StepCall } from './run-step.ts';
import { isParked, parkedFor } from './stages/parked.ts';
import { tokensOfCall } from './stages/staged-call.ts';
import type { StagedCall, Stages } from './stages/stages.ts';
import type { RejectedAnswer } from './step-kind.ts';
import { claimCall } from './turns/claim-call.ts';

/** A call that may be made now, as it is made. */
export interface FittedCall extends StagedCall {
  readonly ask: Ask;
  readonly options: ModelOptions | undefined;
  /** Tokens of its window; undefined where the server chooses. */
  readonly window: number | undefined;
}

/** What hears how a call went. */
export interface CallEar {
  /** @throws `Parked`, `CONTEXT_OVERFLOW` where the window was too small all the same. */
  answered(message: WholeMessage, usage: Usage | undefined): void;
  /** @returns What the step shall hear: the error, or `Parked` where the call fits a larger window. */
  failed(error: unknown): unknown;
  /** To be put around the call. */
  around<T>(messages: Observable<T>): Observable<T>;
}

/** Decides when, where and in which window calls are made. */
export interface Scheduling {
  readonly lanes: Lanes;
  /** Whether a call that does not fit is made again at once, since no stage comes behind. */
  readonly isLast: boolean;
  /** Tokens of the largest window that a call may come to have; undefined where nobody has said it. */
  largestWindow(call: StepCall): number | undefined;
  /** Tokens of the window, about, in which a call was refused as too long. */
  refusedWindow(call: StepCall): Promise<number>;
  /** Undefined where the call has to wait for a later stage. */
  fit(call: StepCall, rejected: RejectedAnswer | undefined): FittedCall | undefined;
  /** To be called when the call begins. */
  listen(lane: Lane, call: StepCall, fitted: FittedCall): CallEar;
}

/** What scheduling is made of. */
export interface SchedulingParts {
  readonly lanes: Lanes;
  readonly stages: Stages;
  readonly windows: Windows;
  readonly meter: TokenMeter;
  readonly reports: Reports;
  /** Its calls go before those of batches on this machine. */
  readonly isUrgent: boolean;
}

/** Brings lanes, stages and windows together. */
export function createScheduling({ lanes, stages, windows, meter, reports, isUrgent }: SchedulingParts): Scheduling {
  /** A window that was chosen is the only one that may be too small without anybody having said it. */
  const isChosen = ({ context, kind }: StepCall): boolean =>
    kind.kind !== 'embed' && context.options?.num_ctx === undefined && windows.of(context.model) !== undefined;

  const tooLong = (call: StagedCall): boolean => {
    if (windows.fits(call.model, call.tokens)) return false;
    reports.widened();
    if (stages.isLast) windows.widen(call.model, call.tokens);
    else stages.park(call);
    return true;
  };

  /** Batches wait until the call has begun to answer. */
  const goesFirst = <T>(messages: Observable<T>, host: string, model: string): Observable<T> => {
    const begun = claimCall(host, model);
    return messages.pipe(tap(begun), finalize(begun));
  };
  /** What calls without options of their own are made with, so that equal ones need not be compared. */
  const windowed = (model: string, options: ModelOptions | undefined): ModelOptions | undefined =>
    options === undefined ? windows.optionsFor(model) : Object.assign({}, options, windows.optionsFor(model));

  const largestWindow: Scheduling['largestWindow'] = ({ kind, context: { model, options } }) =>
    options?.num_ctx ?? (kind.kind === 'embed' ? undefined : windows.largest(model));

  const lengths = new Map<string, Promise<number | undefined>>();
  const lengthOf = (model: string): Promise<number | undefined> => {
    const hosts = lanes.all.map(({ ollama }) => ollama);
    const length = lengths.get(model) ?? contextLengthOf(model, hosts);
    lengths.set(model, length);
    return length;
  };

  return {
    lanes,
    largestWindow,
    refusedWindow: async (call) => {
      const length = await lengthOf(call.context.model);
      return Math.min(largestWindow(call) ?? defaultContext, length ?? Number.POSITIVE_INFINITY);
    },
    get isLast() {
      return stages.isLast;
    },
    fit: (call, rejected) => {
      const { model, options } = call.context;
      const chosen = isChosen(call);
      const window = chosen ? (windows.of(model) as number) : undefined;
      const tokens = window === undefined ? 0 : tokensOfCall(call, rejected, options, window, meter);
      const staged = { model, tokens };
      if (!stages.admits(staged)) {
        if (window !== undefined && tokens > window) reports.widened();
        stages.park(staged);
        return undefined;
      }
      // It may have been widened just now.
      const own = chosen ? windowed(model, options) : options;
      const ask: Ask = {
        model,
        options: own,
        embeds: call.kind.kind === 'embed',
        keepAlive: call.context.keepAlive,
        order: call.place.index,
      };
      return { model, tokens, ask, options: own, window: chosen ? own?.num_ctx : undefined };
    },
    listen: (lane, call, fitted) => {
      const begun = lane.begin();
      reports.begun(lane);
      const { model, window } = fitted;
      return {
        answered: (message, usage) => {
          lane.heard();
          if (!usage) return;
          lane.note(begun, usage);
          reports.answered(lane, usage);
          const limit = window ?? fitted.options?.num_ctx;
          if (limit === undefined || message.type !== 'output' || call.context.truncate === true) return;
          if (window !== undefined) meter.learn(model, fitted.tokens - answerRoom(fitted.options), usage.promptTokens);
          const overflow = overflowOf(message.output, usage, limit, window !== undefined);
          if (!overflow) return;
          const more = usage.promptTokens + usage.outputTokens + answerRoom(fitted.options);
          if (window !== undefined && tooLong({ model, tokens: Math.max(more, 2 * window) })) throw parkedFor(model);
          throw overflow;
        },
        failed: (error) => {
          if (isParked(error)) return error;
          lane.heard(error);
          // By its shape: the client may come with another copy of the errors.
          const { code, details } = error as { readonly code?: unknown; readonly details?: OllamaError['details'] };
          if (code === 'OLLAMA_BUSY') {
            lane.refused();
            reports.refused(lane);
          }
          if (code !== 'CONTEXT_OVERFLOW' || window === undefined) return error;
          const tokens = Math.max(details?.needed ?? 0, window) + answerRoom(fitted.options);
          return tooLong({ model, tokens }) ? parkedFor(model) : error;
        },
        around: (messages) => (isUrgent ? goesFirst(messages, lane.ollama.baseUrl, model) : messages),
      };
    },
  };
}
