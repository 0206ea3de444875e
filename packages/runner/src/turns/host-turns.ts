import type { Claim, Claims } from './claims.ts';

/** Whose turn it is on a host that runs and calls of this machine share. */
export interface HostTurns {
  /** Whether this run may begin a call now. */
  readonly isOwn: boolean;
  /** The run has calls for this load; to be said before its first one, and at each change. */
  want(load: string): void;
  close(): void;
}

/** What turns are made with. */
export interface TurnOptions {
  /** Whether the host holds the model of another load beside the one of this run. */
  isBeside(load: string): boolean;
  /** It is this run's turn now, or no longer. */
  onChange(): void;
  /** Others have the host; called about once a second. */
  onWait?: (() => void) | undefined;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: (() => number) | undefined;
  /** How long a run keeps its turn while another waits. Default: a minute. */
  readonly turnMs?: number | undefined;
}

/** Somebody who sits in front of a call gets the next free slot; one that hangs does not hold a batch for ever. */
const callGoesFirstForMs = 30_000;
const lookEveryMs = 1000;

/**
 * Shares a host among the runs and calls of this machine. A call that somebody waits for goes before those of runs: these begin none until
 * it has begun, for half a minute at most. Runs that want the same load, or loads that the host holds side by side, work at the same time;
 * others take turns of a minute, so that the host does not load models to and fro and none waits for ever. After three minutes a run waits
 * for nobody any longer: something is wrong with the others then.
 */
export function createHostTurns(claims: Claims, options: TurnOptions): HostTurns {
  const { isBeside, onChange, onWait, now = Date.now, turnMs = 60_000 } = options;
  let load: string | undefined;
  let state: Claim['state'] = 'waiting';
  let since = 0;
  let isCallFirst = false;
  /** Others do not give way, and count for nothing until then. */
  let aloneUntil = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const isOwn = (): boolean => state === 'running' && !isCallFirst;
  const claim = (next: Claim['state']): void => {
    state = next;
    since = now();
    claims.put({ kind: 'run', load: load as string, state, since }); // only asked for a load
  };
  /** One of two runs that began at the same moment has to give way: the one with the later name of its process. */
  const isBefore = ({ since: at, owner }: Claim): boolean => at < since || (at === since && owner.pid < process.pid);

  const take = (runs: readonly Claim[]): void => {
    const running = runs.filter((run) => run.state === 'running');
    const waiting = runs.filter((run) => run.state === 'waiting');
    if (now() < aloneUntil) return;
    if (state === 'running') {
      const isAsked = waiting.some(({ since: at }) => now() - at >= turnMs) && now() - since >= turnMs;
      if (isAsked || running.some(isBefore)) claim('waiting');
    } else if (now() - since >= 3 * turnMs) {
      aloneUntil = now() + 3 * turnMs;
      claim('running');
    } else if (running.length === 0 && !waiting.some(isBefore)) claim('running');
  };
  const update = (): void => {
    const others = claims.others();
    isCallFirst = others.some(({ kind, since: at }) => kind === 'call' && now() - at < callGoesFirstForMs);
    take(others.filter((other) => other.kind === 'run' && other.load !== load && !isBeside(other.load)));
  };
  const look = (): void => {
    if (load === undefined) return;
    const before = isOwn();
    update();
    if (isOwn() !== before) onChange();
    else if (!isOwn()) onWait?.();
  };

  return {
    get isOwn() {
      return isOwn();
    },
    want: (next) => {
      if (load === next) return;
      if (load === undefined) {
        claims.listen(look);
        timer = setInterval(look, lookEveryMs); // keeps the process alive, which may have nothing else to do but wait
      }
      load = next;
      claim(state);
      update();
    },
    close: () => {
      load = undefined;
      clearInterval(timer);
      claims.close();
    },
  };
}
