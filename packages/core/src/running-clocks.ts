import type { ClockLimits, Clocks } from './clocks.ts';

/** The clocks of one call, running since they were started. */
export interface RunningClocks {
  /** The connection is open. */
  connected(): void;
  /** A piece of the body came. */
  received(): void;
  stop(): void;
}

/** Starts the clocks of one call; `expired` is called once, with the first limit that passes, and stops them. */
export type StartClocks = (expired: (name: keyof Clocks) => void) => RunningClocks;

interface Watched {
  /** In the list of the calls that run; -1 when it is over. */
  place: number;
  phase: keyof Clocks;
  /** Both by `performance.now()`. */
  phaseDue: number;
  readonly totalDue: number;
  readonly expired: (name: keyof Clocks) => void;
}

/**
 * Creates the clocks of one client. All its calls share one timer, and a piece of an answer only notes the time, since
 * both setting timers for each call and restarting one for each token cost more. The timer looks again at the time that
 * was the next limit when it was set; none is set while no call runs.
 */
export function createClocks(limits: ClockLimits): StartClocks {
  // Not a Set: the tables that it outgrows keep calls that are over alive until the next full collection.
  const calls: Watched[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerDue = Number.POSITIVE_INFINITY;

  const wakeAt = (due: number): void => {
    if (due >= timerDue) return;
    clearTimeout(timer);
    timerDue = due;
    timer = setTimeout(look, Math.ceil(due - performance.now()));
  };
  const look = (): void => {
    timerDue = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (const call of [...calls]) {
      const due = Math.min(call.phaseDue, call.totalDue);
      if (call.place === -1) continue; // given up by one that expired before
      if (due > now) wakeAt(due);
      else {
        remove(calls, call);
        call.expired(call.totalDue <= call.phaseDue ? 'totalMs' : call.phase);
      }
    }
  };
  const stop = (call: Watched): void => {
    remove(calls, call);
    if (calls.length > 0) return;
    clearTimeout(timer);
    timerDue = Number.POSITIVE_INFINITY;
  };
  const enter = (call: Watched, phase: keyof Clocks): void => {
    if (call.place === -1) return; // a kept socket is handed over a tick after the call was given up
    call.phase = phase;
    call.phaseDue = dueIn(limits[phase]);
    wakeAt(call.phaseDue);
  };

  return (expired) => {
    const call: Watched = {
      place: calls.length,
      phase: 'connectMs',
      phaseDue: 0,
      totalDue: dueIn(limits.totalMs),
      expired,
    };
    calls.push(call);
    enter(call, 'connectMs');
    wakeAt(call.totalDue);
    return {
      connected: () => enter(call, 'firstByteMs'),
      received: () => {
        if (call.phase === 'idleMs') call.phaseDue = dueIn(limits.idleMs);
        else enter(call, 'idleMs');
      },
      stop: () => stop(call),
    };
  };
}

// The last call takes the place of the one that goes.
function remove(calls: Watched[], call: Watched): void {
  if (call.place === -1) return;
  const last = calls.pop() as Watched; // there is at least the one that goes
  last.place = call.place;
  if (last !== call) calls[call.place] = last;
  call.place = -1;
}

// A delay that does not fit the 31 bits of a timer is none.
const dueIn = (ms: number): number => (ms > 0 && ms < 2 ** 31 ? performance.now() + ms : Number.POSITIVE_INFINITY);
