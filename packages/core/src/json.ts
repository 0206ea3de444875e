import { OllamaError } from '@millrace/errors';
import { map, type OperatorFunction } from 'rxjs';
import { type Answer, answer, checkAnswer } from './answer.ts';
import type { AnswerMessage } from './message-parts.ts';

/** Says what is wrong with a parsed answer, a sentence for each problem; empty where it fits. */
export type JsonCheck = (value: unknown) => readonly string[];

/**
 * Folds the messages of generate or chat into the JSON value that their text is, emitted when they complete.
 *
 * Ask for it with `format`, and check the value all the same: the type is the caller's word for it. An answer that was
 * cut right behind a whole value passes; of a number nobody can tell whether it is whole.
 *
 * @throws {OllamaError} `ANSWER_INVALID` where the text is no JSON or `check` finds problems, `OUTPUT_TRUNCATED` where it
 *   was cut before that, `ANSWER_EMPTY`, `STREAM_TRUNCATED`; all with the text that had arrived.
 */
export const json =
  <T = unknown>(check: JsonCheck = () => []): OperatorFunction<AnswerMessage, T> =>
  (messages) =>
    messages.pipe(
      answer({ acceptTruncated: true, acceptEmpty: true }),
      map((whole) => read<T>(whole, check)),
    );

function read<T>(whole: Answer, check: JsonCheck): T {
  const parsed = parse(whole);
  if ('cause' in parsed) {
    checkAnswer(whole, {});
    throw invalid(whole, ['it is not JSON'], parsed.cause);
  }
  const problems = check(parsed.value);
  if (problems.length > 0) throw invalid(whole, problems);
  return parsed.value as T;
}

function parse({ content, doneReason }: Answer): { readonly value: unknown } | { readonly cause: unknown } {
  try {
    const value: unknown = JSON.parse(content);
    return doneReason === 'length' && typeof value === 'number' ? { cause: undefined } : { value };
  } catch (cause) {
    return { cause };
  }
}

function invalid({ content, thinking }: Answer, problems: readonly string[], cause?: unknown): OllamaError {
  const shown = JSON.stringify(content.length > 80 ? `${content.slice(0, 80)}…` : content);
  const message = `The answer does not fit: ${problems.join('; ')}. It was: ${shown}`;
  return new OllamaError(
    'ANSWER_INVALID',
    message,
    { partial: { text: content, thinking } },
    {
      ...(cause !== undefined && { cause }),
    },
  );
}
