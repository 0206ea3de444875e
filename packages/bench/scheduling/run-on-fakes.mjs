import { runSubject } from './run-subject.mjs';
import { startServer } from './start-server.mjs';

/**
 * Runs a subject on new fake servers, one for each of the settings, on which nothing is loaded; `seen` is what each of them saw. `during` is done
 * to the servers while it runs.
 *
 * @throws {Error} Where the run is over before `during` is.
 */
export async function runOnFakes(subject, { servers: settings, during, ...run }) {
  const servers = await Promise.all(settings.map(startServer));
  try {
    let isDone = during === undefined;
    const doing = during?.(servers).then(() => {
      isDone = true;
    });
    const running = runSubject(subject, { urls: servers.map(({ url }) => url), ...run });
    const [figures] = await Promise.all([running, Promise.race([doing, running])]);
    if (!isDone)
      throw new Error(`${subject.name} was done before the servers were through what was to happen to them.`);
    return { ...figures, seen: await Promise.all(servers.map((server) => server.seen())) };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
