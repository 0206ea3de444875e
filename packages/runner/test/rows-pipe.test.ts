import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadWorkflow, runWorkflow } from '@millrace/runner';
import { Subject } from 'rxjs';
import { allEvents, folderWith, loaded, ofType } from './scene.ts';

const workflow =
  'each: { from: "-" }\nsteps: { twice: { set: "${row.n * 2.0}" } }\nsave: { to: "-", fields: { d: "${twice}" } }\n';

/** Endless rows, counted, and whether somebody still wants them. */
function endlessRows() {
  const seen = { given: 0, ended: false };
  async function* stdin(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from(`{"n":${seen.given++}}\n`);
    } finally {
      seen.ended = true;
    }
  }
  return { seen, stdin: stdin() };
}

test('an endless pipe is read no faster than the results are taken, and let go when the run is', async () => {
  const folder = await folderWith({ 'w.yaml': workflow });
  const { seen, stdin } = endlessRows();
  const loadedWorkflow = await loaded(join(folder, 'w.yaml'), { stdin });
  const lines: string[] = [];
  const written = new Subject<number>();
  let isBlocked = false;
  let release = (): void => {};
  const stdout = {
    write: async (text: string) => {
      lines.push(...text.split('\n').filter((line) => line !== ''));
      written.next(lines.length);
      if (isBlocked) await new Promise<void>((resolve) => (release = resolve));
    },
    close: async () => {},
  };
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      const watching = written.subscribe((length) => {
        if (length < count) return;
        watching.unsubscribe();
        resolve();
      });
    });
  const running = runWorkflow(loadedWorkflow, { hosts: [], stdout, deltas: false }).subscribe();
  await until(2000);
  isBlocked = true;
  await until(lines.length + 1);
  // Whoever could read on for ever would do so.
  for (let quiet = 0, last = 0; quiet < 300 && last - lines.length < 5000; last = seen.given) {
    await new Promise((resolve) => setImmediate(resolve));
    quiet = seen.given === last ? quiet + 1 : 0;
  }
  expect(seen.given - lines.length).toBeLessThan(1500);
  isBlocked = false;
  release();
  await until(4000);
  running.unsubscribe();
  expect(lines.slice(0, 4000).map((line) => JSON.parse(line).d)).toEqual(Array.from({ length: 4000 }, (_, n) => n * 2));
  while (!seen.ended) await new Promise((resolve) => setImmediate(resolve));
}, 30_000);

test('--from and --to `-` stand in place of files, and the ending of --from in place of the format', async () => {
  const folder = await folderWith({ 'r.csv': 'n\n1\n', 'w.yaml': workflow.replace('"-" }', 'r.csv, format: csv }') });
  const file = join(folder, 'w.yaml');
  const runOn = async (options: Parameters<typeof loadWorkflow>[1]) => {
    const lines: string[] = [];
    const stdout = { write: async (text: string) => void lines.push(text), close: async () => {} };
    await allEvents(await loaded(file, { to: '-', ...options }), { hosts: [], stdout });
    return lines.join('');
  };
  const stdin = async function* () {
    yield Buffer.from('n\n3\n');
  };
  await writeFile(file, workflow.replace('"-" }', 'r.csv, format: csv, columns: { n: number } }'));
  expect(await runOn({ from: '-', stdin: stdin() })).toMatch(/"d":6/);
  await writeFile(join(folder, 'other.jsonl'), '{"n":4}\n');
  expect(await runOn({ from: join(folder, 'other.jsonl') })).toMatch(/"d":8/);
});

test('a sample, a range and the first rows of a pipe are those of a file', async () => {
  const folder = await folderWith({ 'w.yaml': workflow });
  const run = async (world: object) => {
    const stdin = (async function* () {
      yield Buffer.from(Array.from({ length: 30 }, (_, n) => `{"n":${n + 1}}\n`).join(''));
    })();
    const events = await allEvents(await loaded(join(folder, 'w.yaml'), { stdin }), { hosts: [], ...world });
    return ofType(events, 'row-end').map(({ fields }) => fields?.d);
  };
  expect(await run({ range: { from: 29 } })).toEqual([58, 60]);
  expect(await run({ first: 2 })).toEqual([2, 4]);
  const sample = await run({ sample: { size: 3, seed: 5 } });
  expect(sample.length).toBe(3);
  expect(await run({ sample: { size: 3, seed: 5 } })).toEqual(sample);
});

test('a pipe whose workflow has mistakes is let go, and one that is not given is unknown', async () => {
  const folder = await folderWith({ 'w.yaml': workflow.replace('row.n', 'row.none') });
  const { seen, stdin } = endlessRows();
  const { diagnostics } = await loadWorkflow(join(folder, 'w.yaml'), { stdin });
  expect(diagnostics).toMatchObject([{ code: 'FIELD_UNKNOWN' }]);
  expect(seen.ended).toBe(true);
  const other = endlessRows();
  await writeFile(join(folder, 'w.yaml'), workflow);
  const refused = loadWorkflow(join(folder, 'w.yaml'), { stdin: other.stdin, to: 'results.doc' });
  await expect(refused).rejects.toMatchObject({ code: 'SAVE_FAILED' });
  expect(other.seen).toMatchObject({ ended: true });
  const unknown = await loaded(join(folder, 'w.yaml'));
  await expect(allEvents(unknown, { hosts: [] })).rejects.toMatchObject({ code: 'ROWS_UNREADABLE' });
});
