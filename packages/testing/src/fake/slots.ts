import { type Runner, type Ticket, usersOf } from './runner.ts';

/** The slots of loaded models: who has one, who is next, and when a model falls idle. */
export interface Slots {
  /** Gives the ticket a slot of the runner, now or in its turn. */
  attach(runner: Runner, ticket: Ticket): void;
  /** Takes a ticket off its runner, whether it waits or runs. */
  detach(ticket: Ticket): void;
  /** Requests that hold a slot. */
  readonly running: number;
}

/** Serves each runner's tickets first come first served; `onIdle` is called when a runner's last one has left. */
export function createSlots(onIdle: (runner: Runner) => void): Slots {
  let running = 0;

  function grant(runner: Runner, ticket: Ticket): void {
    runner.active += 1;
    running += 1;
    ticket.state = 'granted';
    ticket.done({ kind: 'granted', runner, loadMs: ticket.attachedAt - ticket.arrivedAt });
  }

  function serveNext(runner: Runner): void {
    runner.active -= 1;
    running -= 1;
    const next = runner.waiting.shift();
    if (next) grant(runner, next);
  }

  return {
    attach(runner, ticket) {
      ticket.runner = runner;
      ticket.attachedAt = performance.now();
      if (ticket.keepAliveMs !== undefined) runner.keepAliveMs = ticket.keepAliveMs;
      if (runner.active < runner.model.slots) return grant(runner, ticket);
      ticket.state = 'waiting';
      runner.waiting.push(ticket);
    },
    detach(ticket) {
      const { runner, state } = ticket;
      ticket.state = 'over';
      if (!runner) return;
      if (state === 'granted') serveNext(runner);
      else runner.waiting.splice(runner.waiting.indexOf(ticket), 1);
      if (usersOf(runner) === 0) onIdle(runner);
    },
    get running() {
      return running;
    },
  };
}
