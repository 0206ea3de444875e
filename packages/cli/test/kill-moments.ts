import { randomInt } from 'node:crypto';
import { type FakeOllama, type FakeRequest, isQuestion } from '@millrace/testing';
import { type Finished, type Running, start } from './scene.ts';

/** Whether the long mode is on, in which a process is killed a hundred times and more. */
export const isLong: boolean = process.env.MILLRACE_LONG === '1';

/** What chance decides here can be repeated: the seed of a failure is in its message, and is given in `MILLRACE_KILL_SEED`. */
export const seedOf = (): number => Number(process.env.MILLRACE_KILL_SEED ?? randomInt(2 ** 31));

/** Whole numbers by chance, from `from` to `to`; the same for the same seed. */
export type Draw = (from: number, to: number) => number;

/** Draws by mulberry32. */
export function drawFrom(seed: number): Draw {
  let state = seed;
  return (from, to) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return from + (((mixed ^ (mixed >>> 14)) >>> 0) % (to - from + 1));
  };
}

/** Calls `kill` at its moment; the returned function lets go of what it watches. */
export type Moment = (running: Running, kill: () => void) => () => void;

/** One life of a process: from its start to its death, or to its end where that came first. */
export async function live(args: readonly string[], cwd: string, moment: Moment): Promise<Finished> {
  const running = start(args, { cwd });
  const letGo = moment(running, () => void running.child.kill('SIGKILL'));
  const finished = await running.ended;
  letGo();
  return finished;
}

/** Something that happens at the fake, for moments to count. */
export interface FakeWatch {
  /** Has every event told to a listener, until the returned function is called. */
  watch(listener: (request: FakeRequest, event: string) => void): () => void;
  /** To be given to the fake. */
  readonly onEvent: (request: FakeRequest, event: string) => void;
}

/** Lets listeners come and go. */
export function createFakeWatch(): FakeWatch {
  const listeners = new Set<(request: FakeRequest, event: string) => void>();
  return {
    watch: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onEvent: (request, event) => {
      for (const listener of listeners) listener(request, event);
    },
  };
}

/** At the n-th event that counts, or so many milliseconds later. */
export const afterEvents =
  (
    watch: FakeWatch,
    count: number,
    delayMs: number,
    counts: (request: FakeRequest, event: string) => boolean,
  ): Moment =>
  (_running, kill) => {
    let left = count;
    let timer: NodeJS.Timeout | undefined;
    const letGo = watch.watch((request, event) => {
      if (!counts(request, event) || --left !== 0) return;
      if (delayMs === 0) kill();
      else timer = setTimeout(kill, delayMs);
    });
    return () => {
      clearTimeout(timer);
      letGo();
    };
  };

/** Its prompt, or the last message. */
export function promptOf({ body }: Pick<FakeRequest, 'body'>): string {
  const { prompt, messages } = body as { prompt?: string; messages?: readonly { content: string }[] };
  return prompt ?? messages?.at(-1)?.content ?? '';
}

/** The requests of a fake that were a call. */
export const callsOf = ({ requests }: FakeOllama): readonly FakeRequest[] => requests.filter(isQuestion);
