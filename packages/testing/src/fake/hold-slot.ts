import { type Failure, fail, failures } from './fail.ts';
import type { JsonForm } from './reply.ts';
import type { Runner } from './runner.ts';
import type { SlotRequest } from './scheduler.ts';
import type { Exchange, World } from './world.ts';

/** A slot held for one request. */
export interface HeldSlot {
  readonly runner: Runner;
  /** Milliseconds from the request to the loaded model: queue and load. */
  readonly loadMs: number;
  /** Gives it back; once is enough. */
  release(): void;
  /** What to stop when the client goes; the slot is released after it. */
  whenGone(stop: () => void): void;
}

/** Waits for a slot and calls `use`, or answers why there is none; a client that goes gives its place or slot up. */
export function holdSlot(
  { scheduler }: World,
  { reply, open }: Exchange,
  request: SlotRequest,
  use: (slot: HeldSlot) => void,
): void {
  let stop: (() => void) | undefined;
  let leave: (() => void) | undefined;
  let left = false;
  const release = () => {
    left = true;
    leave?.();
  };
  reply.onGone(() => {
    stop?.();
    release();
  });
  leave = scheduler.acquire(request, (outcome) => {
    if (outcome.kind !== 'granted')
      return refuse(reply, outcome.kind === 'busy' ? failures.busy : fail(500, outcome.message));
    open.event('started');
    use({
      runner: outcome.runner,
      loadMs: outcome.loadMs,
      release,
      whenGone: (callback) => {
        stop = callback;
      },
    });
  });
  if (left) leave(); // it was over before `acquire` returned
}

/** Answers with a failure. */
export function refuse(reply: Exchange['reply'], { status, error }: Failure, form: JsonForm = 'usual'): void {
  reply.json(status, { error }, form);
}
