import type { Runner } from './runner.ts';
import { usersOf } from './runner.ts';

const longestTimerMs = 2 ** 31 - 1;

/**
 * Counts an idle runner's keep-alive and calls `unload` when it is over. A timer that rings while the runner is in
 * use, or was used since, is set anew, so that a busy runner costs no timer for each request.
 */
export function armIdleTimer(runner: Runner, unload: (runner: Runner) => void): void {
  const now = Date.now();
  const before = runner.expiresAt;
  runner.expiresAt = now + runner.keepAliveMs;
  if (runner.timer && runner.expiresAt >= before) return;
  clearTimeout(runner.timer);
  setTimer(runner, unload);
}

function setTimer(runner: Runner, unload: (runner: Runner) => void): void {
  runner.timer = undefined;
  const wait = runner.expiresAt - Date.now();
  if (wait > longestTimerMs) return;
  runner.timer = setTimeout(
    () => {
      runner.timer = undefined;
      if (usersOf(runner) > 0) return; // set again when it falls idle
      if (Date.now() < runner.expiresAt) setTimer(runner, unload);
      else unload(runner);
    },
    Math.max(1, wait),
  );
  // A request may end behind the server: nobody waits five minutes for a model that is gone with it.
  runner.timer.unref();
}
