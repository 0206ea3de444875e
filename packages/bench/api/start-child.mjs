import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a process of the bench; resolves with what it says first. `stop` ends it, and gives what it says last. */
export async function startChild(file, settings) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(settings)]);
  const ended = once(child, 'exit');
  const first = await Promise.race([
    once(child, 'message').then(([message]) => message),
    ended.then(([code]) => {
      throw new Error(`${file} ended with ${code}.`);
    }),
  ]);
  return {
    ...first,
    stop: async () => {
      const last = Promise.race([once(child, 'message'), ended]);
      child.send('stop');
      const [message] = await last;
      await ended;
      return message;
    },
  };
}
