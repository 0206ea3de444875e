import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openJournal, type RunEvent, runWorkflow, type World } from '@millrace/runner';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { firstValueFrom, lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { fakeHost, folderWith, loaded } from './scene.ts';

const rowsOf = (...ids: readonly string[]): string =>
  ids.map((id) => `${JSON.stringify({ id, text: `text ${id}` })}\n`).join('');

async function place(save: string, rows = rowsOf('0', '1', '2', '3', '4', '5')) {
  const yaml = `model: m\neach: { from: r.jsonl, key: "\${row.id}" }\nsteps: { a: { generate: "\${row.text}" } }\nsave: ${save}\n`;
  const folder = await folderWith({ 'r.jsonl': rows, 'w.yaml': yaml });
  const { ollama, fake } = await fakeHost({ answer: ({ lastText }) => `<${lastText}>` });
  const path = (name: string): string => join(folder, name);
  const run = async (world: Partial<World> = {}, note = (_: RunEvent): void => {}): Promise<readonly RunEvent[]> => {
    const journal = await openJournal(path('.millrace/journal.db'));
    try {
      const workflow = await loaded(path('w.yaml'));
      const events$ = runWorkflow(workflow, { hosts: [ollama], deltas: false, journal, ...world });
      return await lastValueFrom(events$.pipe(tap(note), toArray()));
    } finally {
      journal.close();
    }
  };
  const calls = (): number => fake.requests.filter(({ path: route }) => route === '/api/generate').length;
  return { path, run, calls, text: (name: string) => readFile(path(name), 'utf8') };
}

/** A run that ends after its third row, and one that goes on. */
async function inTwoParts(scene: Awaited<ReturnType<typeof place>>, world: Partial<World> = {}) {
  const interrupt = new Subject<void>();
  const first = await scene.run({ parallel: 1, interrupt, ...world }, (event) => {
    if (event.type === 'row-end' && event.index === 2) interrupt.next();
  });
  expect(first.at(-1)).toMatchObject({ status: 'interrupted' });
  return { first, second: await scene.run(world) };
}

describe('a Parquet file', () => {
  const readRows = async (path: string) => parquetReadObjects({ file: await asyncBufferFromFile(path) });

  test('holds every row once, in the order of the input, also of a run in two parts', async () => {
    const scene = await place('{ to: out.parquet, fields: { n: "${double(row.id)}", a: "${a}" } }');
    await inTwoParts(scene);
    expect(await readRows(scene.path('out.parquet'))).toEqual(
      [0, 1, 2, 3, 4, 5].map((n) => ({ key: String(n), n, a: `<text ${n}>` })),
    );
    expect(scene.calls()).toBeLessThanOrEqual(7);
    expect((await scene.run()).at(-1)).toMatchObject({ unchanged: true });
  });

  test('holds the groups of a reduce', async () => {
    const scene = await place('{ to: out.parquet, over: { d: d.parquet } }');
    const yaml = (await scene.text('w.yaml')).replace(
      'steps: { a:',
      'steps: { d: { over: a, group_by: "${row.id < \'3\'}", set: "${size(items)}" }, a:',
    );
    await writeFile(scene.path('w.yaml'), yaml);
    await scene.run();
    expect(await readRows(scene.path('d.parquet'))).toEqual([
      { key: 'true', group: true, count: 3, value: 3 },
      { key: 'false', group: false, count: 3, value: 3 },
    ]);
  });

  test('of somebody else is not replaced, nor a file that is none', async () => {
    const scene = await place('{ to: out.parquet }');
    await writeFile(scene.path('out.parquet'), 'PAR1 of another');
    await expect(scene.run()).rejects.toMatchObject({
      code: 'SAVE_FAILED',
      message: expect.stringContaining('not written by Millrace'),
    });
    expect(scene.calls()).toBe(0);
  });
});

describe('a file for each row', () => {
  const save = '{ to: "out/${key}.md", fields: { a: "${a}" } }';

  test('is named by the key, which cannot lead elsewhere', async () => {
    const scene = await place(save, rowsOf('1', '../../up', '.dot', 'a/b', 'CON', 'Grün'));
    await scene.run();
    const names = (await readdir(scene.path('out'))).sort();
    expect(names).toHaveLength(6);
    expect(names).toContain('1.md');
    expect(names).toContain('Grün.md');
    expect(await readdir(scene.path('.'))).not.toContain('up.md');
    expect(await scene.text('out/1.md')).toBe('<text 1>\n');
  });

  test('goes when its row goes, and comes back when somebody removed it; other files stay', async () => {
    const scene = await place(save);
    await scene.run();
    await writeFile(scene.path('out/mine.md'), 'my own');
    await rm(scene.path('out/4.md'));
    expect((await scene.run()).at(-1)).not.toMatchObject({ unchanged: true });
    expect(await scene.text('out/4.md')).toBe('<text 4>\n');
    await writeFile(scene.path('r.jsonl'), rowsOf('1', '2'));
    await scene.run();
    expect((await readdir(scene.path('out'))).sort()).toEqual(['1.md', '2.md', 'mine.md']);
    expect(scene.calls()).toBe(6);
    expect((await scene.run()).at(-1)).toMatchObject({ unchanged: true });
  });

  test('is whole after a run in two parts', async () => {
    const scene = await place(save);
    await inTwoParts(scene);
    expect((await readdir(scene.path('out'))).sort()).toEqual(['0', '1', '2', '3', '4', '5'].map((n) => `${n}.md`));
  });

  test('replaces no file that somebody else wrote', async () => {
    const scene = await place(save);
    await mkdir(scene.path('out'));
    await writeFile(scene.path('out/2.md'), 'my own');
    await expect(scene.run()).rejects.toMatchObject({ code: 'SAVE_FAILED' });
    expect(await scene.text('out/2.md')).toBe('my own');
    await rm(scene.path('out/2.md'));
    expect((await scene.run()).at(-1)).toMatchObject({ status: 'done', counts: { ok: 6 } });
  });

  test('replaces a link in its place, and not what the link names', async () => {
    const scene = await place(save);
    await scene.run();
    await writeFile(scene.path('secret'), 'secret');
    await rm(scene.path('out/2.md'));
    await symlink(scene.path('secret'), scene.path('out/2.md'));
    await scene.run();
    expect(await scene.text('secret')).toBe('secret');
    expect(await scene.text('out/2.md')).toBe('<text 2>\n');
  });
});

describe.each(['jsonl', 'csv', 'tsv'])('a %s file', (ending) => {
  test.each(['input', 'completion'])(
    'has each line once after a run in two parts, in the order of %s',
    async (order) => {
      const whole = await place(`{ to: out.${ending} }`);
      await whole.run();
      const scene = await place(`{ to: out.${ending}, order: ${order} }`);
      await inTwoParts(scene);
      const lines = async (one: typeof scene) => (await one.text(`out.${ending}`)).split('\n');
      const [expected, found] = [await lines(whole), await lines(scene)];
      if (order === 'input') expect(found).toEqual(expected);
      else expect(found.sort()).toEqual(expected.sort());
      expect((await scene.run()).at(-1)).toMatchObject({ unchanged: true });
    },
  );
});

test('standard output has every line, from the first one, each time', async () => {
  const scene = await place('{ to: "-" }');
  const parts: string[] = [];
  const stdout = () => {
    let text = '';
    return {
      write: async (more: string) => {
        text += more;
      },
      close: async () => void parts.push(text),
    };
  };
  const interrupt = new Subject<void>();
  await scene.run({ parallel: 1, interrupt, stdout: stdout() }, (event) => {
    if (event.type === 'row-end' && event.index === 2) interrupt.next();
  });
  await scene.run({ stdout: stdout() });
  await scene.run({ stdout: stdout() });
  expect(parts[1]?.split('\n')).toHaveLength(7);
  expect(parts[2]).toBe(parts[1]);
  expect(parts[1]?.startsWith(parts[0] as string)).toBe(true);
  expect(scene.calls()).toBeLessThanOrEqual(7);
});

test('a slow reader holds the rows back, and gets every line', async () => {
  const scene = await place(
    '{ to: "-" }',
    rowsOf(...Array.from({ length: 300 }, (_, n) => String(n))).replaceAll('text ', 'x'.repeat(20_000)),
  );
  let open = false;
  let text = '';
  let ended = 0;
  const gate = new Subject<void>();
  const run = scene.run(
    {
      stdout: {
        write: async (more) => {
          if (!open) await firstValueFrom(gate);
          text += more;
        },
        close: async () => {},
      },
    },
    (event) => {
      if (event.type === 'row-end') ended++;
    },
  );
  let before = -1;
  while (before !== ended || ended === 0) {
    before = ended;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(ended).toBeLessThan(150);
  open = true;
  gate.next();
  await run;
  expect(text.split('\n')).toHaveLength(301);
}, 30_000);
