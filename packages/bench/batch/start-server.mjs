import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a fake Ollama; it ends when `stop` is called, or when this process does. */
export async function startServer(pace) {
  const child = fork(fileURLToPath(new URL('./fake-server.mjs', import.meta.url)), [JSON.stringify(pace)]);
  const answered = async () => (await once(child, 'message'))[0];
  const { url } = await answered();
  const ask = (question) => {
    const answer = answered();
    child.send(question);
    return answer;
  };
  return {
    url,
    /** What was seen of a run so far. */
    look: () => ask({ isLast: false }),
    /** What was seen of the run that is over; counts anew from here on. */
    take: () => ask({ isLast: true }),
    stop: () => child.disconnect(),
  };
}
