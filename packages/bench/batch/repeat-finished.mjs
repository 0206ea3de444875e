import { spread } from '../statistics.mjs';
import { inputOf } from './measure-runs.mjs';
import { paces } from './regimes.mjs';
import { newFolder, runOnce } from './run-once.mjs';
import { startServer } from './start-server.mjs';

const fewRows = 10_000;

/** Gives the command of a finished run again, that of a million rows where there is one. No call is to be seen. */
export async function repeatFinished(subject, { rounds, folder: below, finished }) {
  const server = await startServer(paces.fast);
  const { input, folder } = finished ?? { input: await inputOf(below, 'fast', fewRows), folder: newFolder(below) };
  // The host is new, and a run that is finished has no use for it.
  if (!finished) await runOnce(subject, { server, input, folder });
  const runs = [];
  for (let round = 0; round < rounds; round += 1) runs.push(await runOnce(subject, { server, input, folder }));
  server.stop();
  const of = (read) => spread(runs.map(read));
  return {
    rows: input.count,
    wallMs: of(({ wallMs }) => wallMs),
    cpuMs: of(({ cpuMs }) => cpuMs),
    peakMiB: of(({ peakMiB }) => peakMiB),
    calls: of(({ calls }) => calls),
  };
}
