import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./fake-server.mjs', import.meta.url));

/** Starts a fake Ollama in a process of its own; it ends with this process at the latest. */
export async function startServer(settings) {
  let server = await startProcess(settings);
  return {
    url: server.url,
    /** What it has seen since it started. */
    seen: () => server.ask({}),
    /** Settles when so many calls have ended. */
    until: (count) => server.ask({ until: count }),
    /** Ends it as a crash does: connections break, and nothing is said. */
    kill: () => server.end((child) => child.kill('SIGKILL')),
    /** Starts another one on the same port. */
    async restart() {
      server = await startProcess({ ...settings, port: server.port });
    },
    stop: () => server.end((child) => child.connected && child.disconnect()),
  };
}

async function startProcess(settings) {
  const child = fork(program, [JSON.stringify(settings)]);
  const exited = once(child, 'exit');
  const [{ url, port }] = await Promise.race([once(child, 'message'), exited.then(failedToStart)]);
  const asked = new Map();
  let questions = 0;
  child.on('message', ({ id, seen }) => {
    asked.get(id)?.(seen);
    asked.delete(id);
  });
  return {
    url,
    port,
    ask: (question) =>
      new Promise((resolve) => {
        questions += 1;
        asked.set(questions, resolve);
        child.send({ id: questions, ...question });
      }),
    async end(how) {
      how(child);
      await exited;
    },
  };
}

const failedToStart = ([code]) => Promise.reject(new Error(`The fake server ended with ${code}.`));
