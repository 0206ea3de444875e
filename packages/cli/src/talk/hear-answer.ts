import { type Answer, type AnswerMessage, answer } from '@millrace/core';
import { lastValueFrom, type Observable, takeUntil, tap } from 'rxjs';

/** What was heard of an answer. */
export interface Heard {
  /** What had come by then, where it was stopped; undefined where that was nothing. */
  readonly answer: Answer | undefined;
  readonly isStopped: boolean;
}

/**
 * Listens to an answer, message by message, until it is whole or is stopped: then the socket closes. One that was cut is let pass.
 *
 * @throws {OllamaError} What the call throws, and `ANSWER_EMPTY`.
 */
export async function hearAnswer(
  messages$: Observable<AnswerMessage>,
  show: (message: AnswerMessage) => void,
  stop$: Observable<unknown>,
): Promise<Heard> {
  let isStopped = false;
  const stopped$ = stop$.pipe(
    tap(() => {
      isStopped = true;
    }),
  );
  try {
    const heard$ = messages$.pipe(tap(show), takeUntil(stopped$), answer({ acceptTruncated: true }));
    return { answer: await lastValueFrom(heard$), isStopped };
  } catch (error) {
    // Stopped before the first word.
    if (isStopped) return { answer: undefined, isStopped };
    throw error;
  }
}
