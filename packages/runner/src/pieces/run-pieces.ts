import { StepError } from '@millrace/errors';
import type { PlannedStep } from '@millrace/schema';
import { catchError, defer, from, map, mergeMap, type Observable, throwError } from 'rxjs';
import { questionPlace } from '../journal/question-place.ts';
import type { StepCall, StepDone, StepProgress } from '../run-step.ts';
import type { Scheduling } from '../scheduling.ts';
import { sideBySide } from '../side-by-side.ts';
import type { StepPlace } from '../step-place.ts';
import type { Names } from '../step-runner.ts';
import { sumUsage } from '../sum-usage.ts';
import { cutNames, type PieceSize } from './cut-names.ts';
import { joinValues } from './join-values.ts';
import { promptTokens, roomForPrompt } from './prompt-tokens.ts';

/** What prompts are cut and asked with. */
export interface PieceTools {
  readonly scheduling: Scheduling;
  /** @throws {StepError} */
  callOf(place: StepPlace, names: Names): StepCall;
  ask(call: StepCall, names: Names): Observable<StepProgress | StepDone>;
}

/** A prompt, or a piece of one. */
interface Asked {
  readonly place: StepPlace;
  readonly names: Names;
  /** How often the server has refused what it is a piece of. */
  readonly refusals: number;
}

/** What all pieces came to, in their order. */
interface Pieces {
  readonly type: 'pieces';
  readonly done: readonly StepDone[];
}

/** A server may count more than the estimate; what it still refuses then is another matter. */
const mostRefusals = 4;

/**
 * A call of a step with `on_overflow: split`. Where its prompt does not fit, a call for each piece of the longest text that it reads, side by
 * side, and the answers put together; where no text can be cut so that it fits, the call as it is.
 *
 * Prompts are cut by the fixed estimate of the language alone, so that a run that goes on finds the answers to its pieces.
 *
 * @throws {StepError}; `Parked` where a call has to wait for a later stage.
 */
export function runPieces(
  step: PlannedStep,
  place: StepPlace,
  names: Names,
  { scheduling, callOf, ask }: PieceTools,
): Observable<StepProgress | StepDone> {
  const run = (asked: Asked): Observable<StepProgress | Pieces> =>
    defer(() => {
      const call = callOf(asked.place, asked.names);
      const whole = ask(call, asked.names).pipe(map(asPieces));
      const window = scheduling.largestWindow(call);
      const room = window === undefined ? Number.POSITIVE_INFINITY : roomForPrompt(call, window);
      if ((promptTokens(step, asked.names) ?? 0) > room) return cut(asked, call, { room, isHalved: false }) ?? whole;
      const refused = (otherwise: Observable<StepProgress | Pieces>): Observable<StepProgress | Pieces> =>
        from(scheduling.refusedWindow(call)).pipe(
          mergeMap((window) => cut(asked, call, { room: roomForPrompt(call, window), isHalved: true }) ?? otherwise),
        );
      // It would be refused again.
      if (call.record?.wasCut(questionPlace(asked.place))) return refused(whole);
      return whole.pipe(
        catchError((error: unknown) => {
          const isTold = throwError(() => error);
          return isOverflow(error) ? refused(isTold) : isTold;
        }),
      );
    });

  const cut = (asked: Asked, call: StepCall, size: PieceSize): Observable<StepProgress | Pieces> | undefined => {
    const { place, names, refusals } = asked;
    const after = size.isHalved ? refusals + 1 : refusals;
    // A list of texts has a vector each, and is no text.
    if (after > mostRefusals || (isEmbedding(call) && typeof call.body !== 'string')) return undefined;
    const parts = cutNames(step, names, size);
    const runPart = (own: Names, index: number) => run({ place: pieceAt(place, index), names: own, refusals: after });
    return parts && sideBySide(parts, runPart, isPieces, allPieces);
  };

  return run({ place, names, refusals: 0 }).pipe(
    map((message) => (isPieces(message) ? wholeOf(step, place, message.done) : message)),
  );
}

const pieceAt = (place: StepPlace, index: number): StepPlace => ({
  ...place,
  piece: place.piece === undefined ? `${index}` : `${place.piece}.${index}`,
});

const isEmbedding = ({ kind }: StepCall): boolean => kind.kind === 'embed';

const isPieces = (message: StepProgress | Pieces): message is Pieces => message.type === 'pieces';

const asPieces = (message: StepProgress | StepDone): StepProgress | Pieces =>
  message.type === 'done' ? { type: 'pieces', done: [message] } : message;

const allPieces = (parts: readonly (Pieces | undefined)[]): Pieces => ({
  type: 'pieces',
  done: parts.flatMap((part) => part?.done ?? []),
});

/** By its shape: the client may come with another copy of the errors. */
const isOverflow = (error: unknown): boolean =>
  ((error as { readonly cause?: unknown } | null)?.cause as { readonly code?: unknown } | undefined)?.code ===
  'CONTEXT_OVERFLOW';

function wholeOf({ id, kind }: PlannedStep, { key }: StepPlace, done: readonly StepDone[]): StepDone {
  const [only] = done;
  if (only && done.length === 1) return only;
  try {
    return {
      type: 'done',
      value: joinValues(
        done.map(({ value }) => value),
        kind === 'embed',
      ),
      thinking: done.flatMap(({ thinking }) => (thinking === '' ? [] : [thinking])).join('\n'),
      usage: done.reduce<StepDone['usage']>((sum, { usage }) => sumUsage(sum, usage), undefined),
      messages: done.flatMap(({ messages }) => messages),
    };
  } catch (error) {
    throw new StepError(id, key, error);
  }
}
