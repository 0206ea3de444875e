import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./fake-server.mjs', import.meta.url));

/** Starts a fake Ollama in a process of its own; it ends with this process at the latest. */
export async function startServer(settings) {
  const child = fork(program, [JSON.stringify(settings)]);
  const exited = once(child, 'exit');
  const [{ url, port }] = await Promise.race([once(child, 'message'), exited.then(failedToStart)]);
  const asked = new Map();
  child.on('message', ({ id, seen }) => {
    asked.get(id)?.(seen);
    asked.delete(id);
  });
  let questions = 0;
  const ask = (question) =>
    new Promise((resolve) => {
      questions += 1;
      asked.set(questions, resolve);
      child.send({ id: questions, ...question });
    });
  return {
    url,
    port,
    /** What it has seen so far. */
    seen: () => ask({}),
    /** Settles when so many calls have ended. */
    until: (count) => ask({ until: count }),
    async stop() {
      child.disconnect();
      await exited;
    },
    /** Ends it as a crash does: connections break, and nothing is said. */
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

const failedToStart = ([code]) => Promise.reject(new Error(`The fake server ended with ${code}.`));
