import { catchError, concat, defer, EMPTY, filter, from, mergeMap, type Observable, of, tap, throwError } from 'rxjs';
import type { StepProgress } from './run-step.ts';
import { isParked, type Parked } from './stages/parked.ts';

/**
 * More than this are not in work at once, so that a list of many thousands holds no more than a short one; more lanes than this are seldom
 * there.
 */
const atOnce = 64;

/**
 * Calls for all parts of a value, side by side, and at the end what they came to, in their order; undefined for one that gave nothing. One
 * that fails stops the others; where one has to wait for a later stage, the others go on as far as they can.
 *
 * @throws What a part does; `Parked` at the end where one has to wait.
 */
export function sideBySide<Part, Done extends { readonly type: string }, Whole>(
  parts: readonly Part[],
  run: (part: Part, index: number) => Observable<StepProgress | Done>,
  isDone: (message: StepProgress | Done) => message is Done,
  wholeOf: (done: readonly (Done | undefined)[]) => Whole,
): Observable<StepProgress | Whole> {
  return defer(() => {
    const done: (Done | undefined)[] = parts.map(() => undefined);
    let waiting: Parked | undefined;
    const progress = from(parts).pipe(
      mergeMap(
        (part, index) =>
          run(part, index).pipe(
            tap((message) => {
              if (isDone(message)) done[index] = message;
            }),
            catchError((error: unknown) => {
              if (!isParked(error)) return throwError(() => error);
              waiting ??= error;
              return EMPTY;
            }),
          ),
        atOnce,
      ),
      filter((message): message is StepProgress => !isDone(message)),
    );
    return concat(
      progress,
      defer(() => (waiting ? throwError(() => waiting) : of(wholeOf(done)))),
    );
  });
}
