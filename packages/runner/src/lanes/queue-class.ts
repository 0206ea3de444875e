import type { Queue, QueueAddOptions } from 'p-queue';
import type { Backlog, Ticket } from './backlog.ts';

/** What a call is put in line with. */
export interface TicketOptions extends QueueAddOptions {
  readonly ticket: Ticket;
}

/** The queue that p-queue asks for its next job. */
export type LaneQueue = Queue<() => Promise<unknown>, TicketOptions>;

/**
 * The queue class of a lane: it looks into the backlog that all lanes share, so that a call is made by the first host that is free for it.
 *
 * @param next The call that may begin in the lane now.
 */
export function queueClassOf(lane: number, backlog: Backlog, next: () => Ticket | undefined): new () => LaneQueue {
  const queue: LaneQueue = {
    get size() {
      return next() === undefined ? 0 : 1;
    },
    enqueue: (job, options) => {
      if (options?.ticket) options.ticket.jobs[lane] = job;
    },
    dequeue: () => {
      const ticket = next();
      if (ticket === undefined) return undefined;
      backlog.remove(ticket);
      return ticket.jobs[lane];
    },
    filter: () => [],
    setPriority: () => {},
  };
  // p-queue makes the queue itself, and with `new`.
  return function createQueue() {
    return queue;
  } as unknown as new () => LaneQueue;
}
