import { defaultKeepAliveMs } from '../wire/keep-alive.ts';

/** Something that is loaded when it is needed and leaves when nobody has used it for a while. */
export interface Residence<Loaded> {
  /**
   * Runs the work with what is loaded, loading it first if need be. It is not unloaded meanwhile.
   *
   * @param keepAliveMs How long it stays once idle; undefined leaves that as it is; `Infinity` keeps it.
   */
  use<Result>(keepAliveMs: number | undefined, work: (loaded: Loaded) => Promise<Result>): Promise<Result>;
  /** Unloads as soon as nobody uses it; resolves at once if somebody does. */
  release(): Promise<void>;
  /** When it will leave; null where it is not loaded. */
  expiresAt(): Date | null;
}

/** Node's timers cannot wait longer (24.8 days); what is to stay longer stays. */
const longestTimerMs = 2 ** 31 - 1;
const foreverMs = 292 * 365.25 * 86_400_000;

/** @param load Called again after each unload. */
export function createResidence<Loaded>(
  load: () => Promise<Loaded>,
  unload: (loaded: Loaded) => Promise<void>,
): Residence<Loaded> {
  let loading: Promise<Loaded> | undefined;
  let leaving: Promise<void> = Promise.resolve();
  let users = 0;
  let keepMs = defaultKeepAliveMs;
  let idleSince = Date.now();
  let timer: NodeJS.Timeout | undefined;

  async function leave(): Promise<void> {
    clearTimeout(timer);
    if (users > 0 || loading === undefined) return;
    const loaded = loading;
    loading = undefined;
    keepMs = defaultKeepAliveMs;
    leaving = loaded.then(unload).catch(() => {}); // what cannot be freed is out of use all the same
    await leaving;
  }

  function arrive(): Promise<Loaded> {
    loading ??= leaving.then(load).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  }

  async function settle(): Promise<void> {
    users -= 1;
    idleSince = Date.now();
    if (users > 0) return;
    if (keepMs === 0) return leave();
    if (keepMs <= longestTimerMs) timer = setTimeout(() => void leave(), keepMs).unref();
  }

  return {
    async use(keepAliveMs, work) {
      clearTimeout(timer);
      users += 1;
      try {
        const loaded = await arrive();
        keepMs = keepAliveMs ?? keepMs;
        return await work(loaded);
      } finally {
        await settle();
      }
    },
    async release() {
      if (loading === undefined) return; // the next load begins with the usual time
      keepMs = 0;
      await leave();
    },
    expiresAt() {
      return loading === undefined ? null : new Date(idleSince + Math.min(keepMs, foreverMs));
    },
  };
}
