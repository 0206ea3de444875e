import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { endProgress, showProgress } from './progress.mjs';
import { paces } from './regimes.mjs';
import { writeRows } from './rows.mjs';
import { newFolder, runOnce } from './run-once.mjs';
import { startServer } from './start-server.mjs';

/**
 * Makes the runs one after the other, each in a folder of its own. `measured[pace][subject][rows]` are the figures by round; `finished` is
 * the last run of a million rows by Millrace, whose folder stays.
 */
export async function measureRuns(runs, below) {
  const measured = {};
  const inputs = new Map();
  let finished;
  for (const pace of Object.keys(paces)) {
    const ofPace = runs.filter((run) => run.pace === pace);
    if (ofPace.length === 0) continue;
    const server = await startServer(paces[pace]);
    measured[pace] = {};
    for (const [number, { count, subject }] of ofPace.entries()) {
      const input = inputs.get(`${pace} ${count}`) ?? (await inputOf(below, pace, count));
      inputs.set(`${pace} ${count}`, input);
      const folder = newFolder(below);
      const progress = showProgress(`run ${number + 1} of ${ofPace.length} (${pace}): ${subject.name}`, count);
      const figures = await runOnce(subject, { server, input, folder, onCalls: progress });
      measured[pace][subject.name] ??= {};
      measured[pace][subject.name][count] ??= [];
      measured[pace][subject.name][count].push(figures);
      if (count === 1_000_000 && subject.name.startsWith('millrace')) finished = { input, folder };
      else rmSync(folder, { recursive: true });
    }
    server.stop();
  }
  endProgress();
  return { measured, finished };
}

/** A file of rows, and the hash of their answers. */
export async function inputOf(below, pace, count) {
  const path = join(below, `rows-${pace}-${count}.jsonl`);
  return { path, count, answers: await writeRows(path, count, paces[pace].tokens) };
}
