import { type Placed, takeOut } from './placed.ts';
import { unrefTimer } from './unref-timer.ts';

/** How long a server may take to end its answer after the final message, until the connection is given up. */
const endGraceMs = 250;

/** An answer that is whole and has not ended. */
export interface Ending extends Placed {
  /** Nobody waits for it any more. */
  readonly closed: boolean;
  /** The watch's own, as its place: when it is given up, by `performance.now()`. */
  due: number;
  giveUp(): void;
}

/**
 * One timer for all answers that wait for their end, which comes in the same packet as a rule: a timer for each, set and cleared within a
 * millisecond, cost an answer 5 µs. It goes on to the end of its time where none waits any more, and keeps no process alive.
 */
const waiting: Ending[] = [];
let isSet = false;

/** Has an answer given up when its time is over. */
export function awaitEnd(ending: Ending): void {
  ending.place = waiting.length;
  ending.due = performance.now() + endGraceMs;
  waiting.push(ending);
  if (!isSet) lookAfter(endGraceMs);
}

/** The answer has ended by itself. */
export function endCame(ending: Ending): void {
  if (ending.place !== -1) takeOut(waiting, ending);
}

function lookAfter(ms: number): void {
  isSet = true;
  unrefTimer(setTimeout(look, ms));
}

function look(): void {
  const now = performance.now();
  let next = Number.POSITIVE_INFINITY;
  for (const ending of [...waiting]) {
    if (ending.due > now && !ending.closed) next = Math.min(next, ending.due);
    else {
      endCame(ending);
      ending.giveUp();
    }
  }
  // Set all the while: whoever heard of an end may have begun to wait for another one.
  isSet = waiting.length > 0;
  if (isSet) lookAfter(Math.ceil(Math.min(next - now, endGraceMs)));
}
