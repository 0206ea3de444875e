import type { ClockLimits, Clocks } from './clocks.ts';
import { takeOut } from './placed.ts';
import { unrefTimer } from './unref-timer.ts';

/** The clocks of one call, running since they were started. */
export interface RunningClocks {
  /** The connection is open. */
  connected(): void;
  /** A piece of the body came since the timer looked last; who receives the piece sets it. */
  heard: boolean;
  stop(): void;
}

/** Starts the clocks of one call; `expired` is called once, with the first limit that passes, and stops them. */
export type StartClocks = (expired: (name: keyof Clocks) => void) => RunningClocks;

/**
 * Creates the clocks of one client. All its calls share one timer, and a piece of an answer only leaves a mark for it:
 * setting timers for each call, restarting one for each token and even reading the time for each token cost more than
 * all else that a client does with one.
 *
 * @param unref Whether the timer leaves a process alone that has nothing else to do.
 */
export function createClocks(limits: ClockLimits, unref = false): StartClocks {
  const watch = new Watch(limits, unref);
  return (expired) => watch.start(expired);
}

/** How often the timer looks for pieces of an answer within one `idleMs`. */
const looksPerSilence = 8;

/**
 * The timer of one client. It looks again at the time that was the next limit when it was set, and none is set while no
 * call runs. A silence counts from the look after the last piece, an eighth of `idleMs` later at most.
 */
class Watch {
  readonly limits: ClockLimits;
  private readonly unref: boolean;
  // Not a Set: the tables that it outgrows keep calls that are over alive until the next full collection.
  private readonly calls: CallClocks[] = [];
  private readonly lookEvery: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private timerDue = Number.POSITIVE_INFINITY;

  constructor(limits: ClockLimits, unref: boolean) {
    this.limits = limits;
    this.unref = unref;
    this.lookEvery = isLimit(limits.idleMs) ? limits.idleMs / looksPerSilence : Number.POSITIVE_INFINITY;
  }

  start(expired: (name: keyof Clocks) => void): CallClocks {
    const now = performance.now();
    const call = new CallClocks(this, this.calls.length, expired, now);
    this.calls.push(call);
    call.enter('connectMs', now);
    return call;
  }

  wakeFor(call: CallClocks, now: number): void {
    const nextLook = call.phase === 'connectMs' ? Number.POSITIVE_INFINITY : now + this.lookEvery;
    const due = Math.min(call.due, nextLook);
    if (due >= this.timerDue) return;
    clearTimeout(this.timer);
    this.timerDue = due;
    this.timer = setTimeout(() => this.look(), Math.ceil(due - now));
    if (this.unref) unrefTimer(this.timer);
  }

  remove(call: CallClocks): void {
    if (call.place === -1) return;
    takeOut(this.calls, call);
    if (this.calls.length > 0) return;
    clearTimeout(this.timer);
    this.timerDue = Number.POSITIVE_INFINITY;
  }

  private look(): void {
    this.timerDue = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (const call of [...this.calls]) {
      if (call.place === -1) continue; // given up by one that expired before
      call.countSilence(now);
      if (call.due > now) this.wakeFor(call, now);
      else call.expire();
    }
  }
}

class CallClocks implements RunningClocks {
  /** In the list of the calls that run; -1 when it is over. */
  place: number;
  phase: keyof Clocks = 'connectMs';
  heard = false;
  private readonly watch: Watch;
  private readonly expired: (name: keyof Clocks) => void;
  /** Both by `performance.now()`. */
  private phaseDue = 0;
  private readonly totalDue: number;

  constructor(watch: Watch, place: number, expired: (name: keyof Clocks) => void, now: number) {
    this.watch = watch;
    this.place = place;
    this.expired = expired;
    this.totalDue = dueAfter(now, watch.limits.totalMs);
  }

  get due(): number {
    return Math.min(this.phaseDue, this.totalDue);
  }

  connected(): void {
    // A kept socket is handed over a tick after the call was given up.
    if (this.place !== -1) this.enter('firstByteMs', performance.now());
  }

  stop(): void {
    this.watch.remove(this);
  }

  enter(phase: keyof Clocks, now: number): void {
    this.phase = phase;
    this.phaseDue = dueAfter(now, this.watch.limits[phase]);
    this.watch.wakeFor(this, now);
  }

  countSilence(now: number): void {
    if (!this.heard) return;
    this.heard = false;
    this.phase = 'idleMs';
    this.phaseDue = dueAfter(now, this.watch.limits.idleMs);
  }

  expire(): void {
    this.stop();
    this.expired(this.totalDue <= this.phaseDue ? 'totalMs' : this.phase);
  }
}

const dueAfter = (now: number, ms: number): number => (isLimit(ms) ? now + ms : Number.POSITIVE_INFINITY);

// A delay that does not fit the 31 bits of a timer is none.
const isLimit = (ms: number): boolean => ms > 0 && ms < 2 ** 31;
