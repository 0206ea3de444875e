/** A call that waits for a host. */
export interface Ticket {
  /** What must be loaded. */
  readonly load: string;
  /** Earlier ones go first. */
  readonly order: number;
  /** What a lane's queue runs when it comes to the call, by the place of the lane. */
  readonly jobs: (() => Promise<unknown>)[];
  isGone: boolean;
}

/** The calls that wait for any host, those that need the same load together. */
export interface Backlog {
  put(ticket: Ticket): void;
  /** It has begun, or nobody waits for it any more. */
  remove(ticket: Ticket): void;
  /** How many wait for a load. */
  count(load: string): number;
  /** The first that waits for a load. */
  first(load: string): Ticket | undefined;
  /** The load that the earliest call waits for. */
  earliest(): string | undefined;
  readonly size: number;
}

/** Starts an empty one. */
export function createBacklog(): Backlog {
  /** By load, each in order. */
  const waiting = new Map<string, Ticket[]>();
  let size = 0;

  return {
    put: (ticket) => {
      size++;
      const own = waiting.get(ticket.load);
      if (own === undefined) waiting.set(ticket.load, [ticket]);
      else own.splice(placeFor(ticket.order, own), 0, ticket);
    },
    remove: (ticket) => {
      if (ticket.isGone) return;
      ticket.isGone = true;
      size--;
      const own = waiting.get(ticket.load) as Ticket[]; // put there
      if (own.length === 1) waiting.delete(ticket.load);
      else if (own[0] === ticket) own.shift();
      else own.splice(own.indexOf(ticket), 1);
    },
    count: (load) => waiting.get(load)?.length ?? 0,
    first: (load) => waiting.get(load)?.[0],
    earliest: () => {
      let best: Ticket | undefined;
      for (const [first] of waiting.values()) if (first && (!best || first.order < best.order)) best = first;
      return best?.load;
    },
    get size() {
      return size;
    },
  };
}

/** From the end, since most come in order. */
function placeFor(order: number, tickets: readonly Ticket[]): number {
  let place = tickets.length;
  while (place > 0 && (tickets[place - 1] as Ticket).order > order) place--;
  return place;
}
