import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const path = (file) => fileURLToPath(new URL(file, import.meta.url));

const givenUpMs = 120_000;

/** Starts the server of the bench; it ends when `stop` is called, or when this process does. */
export async function startServer() {
  const child = fork(path('./server.mjs'));
  const [{ url }] = await once(child, 'message');
  return { url, stop: () => child.disconnect() };
}

/** Runs a client process to its end; the result is what it measured. */
export async function runClient(file, settings, { node, other }) {
  const child = fork(path(file), [JSON.stringify(settings)], {
    execPath: node,
    execArgv: ['--expose-gc', '--no-warnings'],
    env: { ...process.env, MILLRACE_BENCH_OTHER: other ?? '' },
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), givenUpMs);
  let figures;
  child.on('message', (message) => {
    figures = message;
  });
  const [code, signal] = await once(child, 'exit');
  clearTimeout(timer);
  if (figures === undefined) throw new Error(`${settings.file} ended with ${code ?? signal} and measured nothing.`);
  return figures;
}
