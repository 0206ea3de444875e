import { merge, type Observable, Subscription, takeUntil, tap, timer } from 'rxjs';
import type { Host } from './host.ts';
import type { Listing } from './listing.ts';

/** Keeps what is known of the hosts' models fresh, with few questions. */
export interface Knowledge {
  /**
   * Asks what is due, beside the calls.
   *
   * @returns What a call has to wait for before a host is chosen for it; undefined, but for the first ones. It completes
   *   without a value.
   */
  refresh(): Observable<never> | undefined;
  /**
   * A host does not have a model that it was taken to have: asks what all have on their disks, if that is not known since this
   * second.
   *
   * @returns As `refresh`.
   */
  askAgain(): Observable<never> | undefined;
  close(): void;
}

/**
 * Creates what keeps the lists of some hosts fresh. Where there is no choice nothing is asked, and of a host that is down
 * neither: it is overdue when it comes back.
 *
 * @param waitMs How long a call waits for the answers; what comes later counts for the next.
 */
export function createKnowledge(hosts: readonly Host[], waitMs: number): Knowledge {
  const beside = new Subscription();
  const askBeside = (list: Listing): void => beside.add(list.ask().subscribe());
  const leave = (list: Listing): void => {
    if (list.overdueAt > performance.now()) return;
    askBeside(list);
    list.giveUp();
  };
  const waitFor = (lists: readonly Listing[]): Observable<never> => {
    // The timer keeps the process alive meanwhile, which the questions do not.
    const late = timer(waitMs).pipe(tap(() => lists.forEach(leave)));
    return merge(...lists.map((list) => list.ask())).pipe(takeUntil(late));
  };
  const isAsked = (host: Host): boolean => host.health.isUp && !host.isDraining;

  return {
    refresh: () => {
      if (hosts.length < 2) return undefined;
      const now = performance.now();
      let overdue: Listing[] | undefined;
      for (const host of hosts) {
        const { loaded, installed } = host;
        if (!isDue(loaded, now) && !isDue(installed, now)) continue;
        if (!isAsked(host)) continue;
        for (const list of [loaded, installed]) {
          if (list.overdueAt <= now) overdue = [...(overdue ?? []), list];
          else if (list.dueAt <= now) askBeside(list);
        }
      }
      return overdue && waitFor(overdue);
    },
    askAgain: () => {
      if (hosts.length < 2) return undefined;
      const lists = hosts.filter(isAsked).map(({ installed }) => installed);
      for (const list of lists) list.expire();
      const now = performance.now();
      const due = lists.filter((list) => isDue(list, now));
      return due.length === 0 ? undefined : waitFor(due);
    },
    close: () => beside.unsubscribe(),
  };
}

const isDue = ({ dueAt, overdueAt }: Listing, now: number): boolean => dueAt <= now || overdueAt <= now;
