import { runSubject } from './run-subject.mjs';
import { startServer } from './start-server.mjs';

/** Runs a subject on new fake servers, one for each of the settings, on which nothing is loaded; `seen` is what each of them saw. */
export async function runOnFakes(subject, { servers: settings, ...run }) {
  const servers = await Promise.all(settings.map(startServer));
  try {
    const figures = await runSubject(subject, { urls: servers.map(({ url }) => url), ...run });
    return { ...figures, seen: await Promise.all(servers.map((server) => server.seen())) };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
