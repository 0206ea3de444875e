import { filter, map, type OperatorFunction } from 'rxjs';
import { type AnswerMessage, textOf } from './message-parts.ts';

/**
 * Keeps the text of an answer: each emission is what came since the one before, empty ones left out; thinking and tool
 * calls are dropped. For the text so far, add `scan((all, delta) => all + delta, '')`.
 */
export function text(): OperatorFunction<AnswerMessage, string> {
  return (source) =>
    source.pipe(
      map(textOf),
      filter((delta) => delta !== ''),
    );
}
