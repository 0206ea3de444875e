import type { ModelOptions } from '@millrace/core';
import type { StepCall } from '../run-step.ts';
import type { RejectedAnswer } from '../step-kind.ts';
import type { AnswerPlace, StoredAnswer } from './answer-table.ts';
import { questionPlace } from './question-place.ts';
import { isDetermined, requestIdentity } from './request-identity.ts';
import { messageOf, storedAnswer, type WholeMessage } from './stored-message.ts';

/** What a run remembers of all its rows. */
export interface RunMemory {
  /** The digest of a model, or what stands in for it. */
  digestOf(model: string): string;
  /** An answer to the same request, where the request determines it. */
  same(request: string, scope: 'run' | 'shared'): StoredAnswer | undefined;
  /** Milliseconds since 1970. */
  now(): number;
}

/** One attempt of a call, as it is looked for in the journal. */
export interface Question {
  readonly request: string;
  /** Whether an equal question may share its answer. */
  readonly isShared: boolean;
  /** The answer that is there already; undefined: the model must be asked. */
  readonly known: WholeMessage | undefined;
  /** Keeps the answer for later. */
  keep(message: WholeMessage, host: string | null): void;
}

/** @param attempt What of it decides the answer; `number` counts all attempts, `asked` those that were answered. */
export function questionOf(
  call: StepCall,
  attempt: { readonly number: number; readonly asked: number; readonly rejected: RejectedAnswer | undefined },
  options: ModelOptions | undefined,
  memory: RunMemory,
): Question {
  const { record, place, context, cache = 'run' } = call;
  const at: AnswerPlace = { ...questionPlace(place), asked: attempt.asked };
  const request = requestIdentity(call, attempt.rejected, options, memory.digestOf(context.model));
  const determined = isDetermined(options);
  const keep = (message: WholeMessage, host: string | null): void => {
    const facts = { place: at, request, attempt: attempt.number, host, determined, at: memory.now() };
    record?.keep(at, () => storedAnswer(message, facts));
  };
  const own = record?.recall(at, request);
  if (own) return { request, isShared: false, known: messageOf(own), keep };
  const isShared = determined && cache !== 'off';
  const same = isShared ? memory.same(request, cache) : undefined;
  const known = same && messageOf(same);
  if (known) keep(known, same.host);
  return { request, isShared, known, keep };
}
