import { appendFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { openJournal, type RunEnd, type RunEvent, runWorkflow, type World } from '@millrace/runner';
import { type FakeOllama, type FakeOllamaOptions, startFakeOllama } from '@millrace/testing';
import { lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { allEvents, fakeHost, folderWith, loaded, ofType } from './scene.ts';

/** Prompts that were asked, `/api/tags` left out. */
const asked = (fake: FakeOllama): string[] =>
  fake.requests.flatMap(({ body }) => (body as { prompt?: string } | undefined)?.prompt ?? []);

const rowsOf = (...ids: readonly (number | string)[]): string =>
  ids.map((id) => `${JSON.stringify({ id: String(id), text: `text ${id}` })}\n`).join('');

const head = 'model: m\neach: { from: r.jsonl, key: "${row.id}" }\n';
const steps = 'steps:\n  a: { generate: "${row.text}" }\n  b: { generate: "again ${a}" }\n';
const save = 'save: { to: out.jsonl, fields: { a: "${a}", b: "${b}" } }\n';

/** A folder with a workflow that is run again and again, with a journal. */
async function place(files: Readonly<Record<string, string>> = {}, options: FakeOllamaOptions = {}) {
  const folder = await folderWith({ 'r.jsonl': rowsOf(0, 1, 2, 3, 4, 5), 'w.yaml': head + steps + save, ...files });
  const { ollama, fake } = await fakeHost({ answer: ({ lastText }) => `<${lastText}>`, ...options });
  const path = (name: string): string => join(folder, name);
  const run = async (world: Partial<World> = {}, note = (_: RunEvent): void => {}): Promise<readonly RunEvent[]> => {
    const journal = await openJournal(path('.millrace/journal.db'));
    try {
      const workflow = await loaded(path('w.yaml'));
      const events$ = runWorkflow(workflow, { hosts: [ollama], deltas: false, journal, random: () => 0, ...world });
      return await lastValueFrom(events$.pipe(tap(note), toArray()));
    } finally {
      journal.close();
    }
  };
  const text = (name: string): Promise<string> => readFile(path(name), 'utf8');
  return { folder, path, run, text, fake, ollama };
}

describe('a run that was interrupted', () => {
  test('goes on where it stopped, and saves what an unbroken run saves', async () => {
    // More rows than one commit holds.
    const rows = { 'r.jsonl': rowsOf(...Array.from({ length: 60 }, (_, n) => n)) };
    const whole = await place(rows);
    await whole.run();
    const { run, text, fake } = await place(rows);
    const interrupt = new Subject<void>();
    const events = await run({ interrupt, parallel: 1 }, (event) => {
      if (event.type === 'row-end' && event.index === 2) interrupt.next();
    });
    const { counts, status } = ofType(events, 'run-end')[0] as RunEnd;
    expect(status).toBe('interrupted');
    expect(counts.rows).toBeGreaterThanOrEqual(3);
    expect(counts.rows).toBeLessThan(60);
    const before = asked(fake);

    const again = await run();
    expect(again[0]).toMatchObject({ found: 'unfinished', id: (events[0] as { id: string }).id });
    expect(again.at(-1)).toMatchObject({ status: 'done', counts: { rows: 60, ok: 60 } });
    expect(ofType(again, 'row-end').filter(({ reused }) => reused)).toHaveLength(counts.rows);
    expect(await text('out.jsonl')).toBe(await whole.text('out.jsonl'));
    // What was answered before is not asked again.
    const after = asked(fake).slice(before.length);
    const done = ofType(events, 'row-end').map(({ key }) => key);
    expect(after.filter((prompt) => done.some((key) => prompt.replaceAll('>', '').endsWith(`text ${key}`)))).toEqual(
      [],
    );
    // What was spent before is not spent again.
    const { tokens, reusedTokens } = ofType(again, 'run-end')[0] as RunEnd;
    const all = ofType(await whole.run({ mode: 'new' }), 'run-end')[0] as RunEnd;
    expect(all.reusedTokens).toBeUndefined();
    expect(reusedTokens?.outputTokens).toBeGreaterThan(0);
    expect(tokens.outputTokens + (reusedTokens?.outputTokens ?? 0)).toBe(all.tokens.outputTokens);
  });
});

describe('a finished run', () => {
  test('has nothing to do when it is repeated, and ends as it did', async () => {
    const { run, fake, text } = await place();
    const first = await run();
    const total = asked(fake).length;
    const second = await run();
    expect(second.map(({ type }) => type)).toEqual(['run-start', 'run-end']);
    expect(second[1]).toEqual({ ...first.at(-1), unchanged: true });
    expect(asked(fake)).toHaveLength(total);
    expect((await text('out.jsonl')).split('\n')).toHaveLength(7);
  });

  test.each([
    ['cut short', (file: string) => truncate(file, 20)],
    ['gone', (file: string) => rm(file)],
    ['changed', (file: string) => writeFile(file, '{"key":"x"}\n')],
    ['longer', (file: string) => appendFile(file, '{"key":"more"}\n')],
  ])('writes its file anew from the journal where it is %s', async (_, damage) => {
    const { run, text, fake, path } = await place();
    await run();
    const before = await text('out.jsonl');
    const total = asked(fake).length;
    await damage(path('out.jsonl'));
    const again = await run();
    expect(again.at(-1)).toMatchObject({ status: 'done', counts: { rows: 6, ok: 6 } });
    expect(await text('out.jsonl')).toBe(before);
    expect(asked(fake)).toHaveLength(total);
  });

  test('begins afresh where that is asked for', async () => {
    const { run, fake } = await place();
    const first = await run();
    const second = await run({ mode: 'new' });
    expect(second[0]).toMatchObject({ found: 'nothing' });
    expect((second[0] as { id: string }).id).not.toBe((first[0] as { id: string }).id);
    expect(asked(fake)).toHaveLength(24);
    expect((await run()).at(-1)).toMatchObject({ unchanged: true });
  });
});

describe('a change', () => {
  const change = async (from: string, to: string) => {
    const scene = await place();
    await scene.run();
    const total = asked(scene.fake).length;
    await writeFile(scene.path('w.yaml'), (await scene.text('w.yaml')).replace(from, to));
    const events = await scene.run();
    return { ...scene, events, more: asked(scene.fake).slice(total) };
  };

  test('of a prompt asks that step and its readers again, and no other', async () => {
    const { more, text, events } = await change('again ${a}', 'once more ${a}');
    expect(events[0]).toMatchObject({ found: 'changed' });
    expect(more.sort()).toEqual([0, 1, 2, 3, 4, 5].map((n) => `once more <text ${n}>`));
    expect((await text('out.jsonl')).split('\n')[0]).toBe('{"key":"0","a":"<text 0>","b":"<once more <text 0>>"}');
  });

  test('of what is saved asks nothing', async () => {
    const { more, text } = await change('b: "${b}" }', 'second: "${b}", n: "${size(a)}" }');
    expect(more).toEqual([]);
    expect((await text('out.jsonl')).split('\n')[0]).toBe(
      '{"key":"0","a":"<text 0>","second":"<again <text 0>>","n":8}',
    );
  });

  test('of a condition asks nothing that was answered', async () => {
    const { more, text } = await change('b: {', 'b: { when: \'${row.id != "1"}\',');
    expect(more).toEqual([]);
    expect((await text('out.jsonl')).split('\n')[1]).toBe('{"key":"1","a":"<text 1>","b":null}');
  });

  test('of comments and limits is none', async () => {
    const { events } = await change('model: m', '# a comment\nlimits: { parallel: 2 }\nmodel: m');
    expect(events.at(-1)).toMatchObject({ unchanged: true });
  });

  test('of the model asks all again', async () => {
    const { more } = await change('model: m', 'model: "m:latest"');
    expect(more).toHaveLength(0); // the same model by another name
    const scene = await place({}, { models: [{ name: 'm' }, { name: 'other' }] });
    await scene.run();
    await writeFile(scene.path('w.yaml'), (await scene.text('w.yaml')).replace('model: m', 'model: other'));
    await scene.run();
    expect(asked(scene.fake)).toHaveLength(24);
  });

  test('of rows runs those that changed, adds new ones and lets removed ones go; the order is that of the input', async () => {
    const { run, path, text, fake } = await place();
    await run();
    const total = asked(fake).length;
    await writeFile(
      path('r.jsonl'),
      `${rowsOf(5)}${rowsOf(9)}${rowsOf(0).replace('text 0', 'other text')}${rowsOf(3)}`,
    );
    const events = await run();
    expect(events[0]).toMatchObject({ found: 'changed' });
    expect(asked(fake).slice(total).sort()).toEqual(['again <other text>', 'again <text 9>', 'other text', 'text 9']);
    const keys = (await text('out.jsonl'))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).key);
    expect(keys).toEqual(['5', '9', '0', '3']);
    expect(events.at(-1)).toMatchObject({ counts: { rows: 4, ok: 4 } });
  });

  test('of a file that a prompt reads asks again', async () => {
    const scene = await place({
      'p.txt': 'Be brief.',
      'w.yaml': `${head}steps: { a: { generate: "\${file('p.txt')} \${row.text}" } }\nsave: { to: out.jsonl }\n`,
    });
    await scene.run();
    await writeFile(scene.path('p.txt'), 'Be long.');
    expect((await scene.run())[0]).toMatchObject({ found: 'changed' });
    expect(asked(scene.fake)).toHaveLength(12);
  });

  test('of a model behind its name asks again, and says so', async () => {
    const scene = await place();
    await scene.run();
    const other = await startFakeOllama({ models: [{ name: 'm', digest: 'f'.repeat(64) }], answer: () => 'new' });
    const events = await scene.run({ hosts: [createOllama({ baseUrl: other.url })] });
    expect(events[0]).toMatchObject({ found: 'changed', notes: [expect.stringContaining('another version')] });
    expect(asked(other)).toHaveLength(12);
    await other.close();
  });
});

describe('failed rows', () => {
  const broken = { yes: true };
  const failing: FakeOllamaOptions = {
    faults: ({ body }) =>
      broken.yes && (body as { prompt?: string } | undefined)?.prompt === 'text 2'
        ? { kind: 'status', status: 400, body: { error: 'no' } }
        : undefined,
  };

  test('stay failed until they are asked for, and then take their place', async () => {
    broken.yes = true;
    const { run, text, fake } = await place({}, failing);
    expect((await run()).at(-1)).toMatchObject({ counts: { ok: 5, failed: 1 } });
    const repeated = await run();
    expect(repeated.at(-1)).toMatchObject({ unchanged: true, counts: { ok: 5, failed: 1 } });
    broken.yes = false;
    const total = asked(fake).length;
    const retried = await run({ retry: {} });
    expect(retried[0]).toMatchObject({ found: 'retried' });
    expect(retried.at(-1)).toMatchObject({ counts: { ok: 6, failed: 0 } });
    expect(asked(fake).slice(total)).toEqual(['text 2', 'again <text 2>']);
    expect((await text('out.jsonl')).split('\n')[2]).toBe('{"key":"2","a":"<text 2>","b":"<again <text 2>>"}');
  });

  test('of another cause stay as they are', async () => {
    broken.yes = true;
    const { run, fake } = await place({}, failing);
    await run();
    const total = asked(fake).length;
    expect((await run({ retry: { cause: 'busy' } })).at(-1)).toMatchObject({ counts: { ok: 5, failed: 1 } });
    expect(asked(fake)).toHaveLength(total);
    expect((await run({ retry: { cause: 'BAD_REQUEST' } })).at(-1)).toMatchObject({ counts: { failed: 1 } });
    expect(asked(fake)).toHaveLength(total + 1);
  });

  test('that stopped a run are tried again when it goes on', async () => {
    broken.yes = true;
    const yaml = `${head}limits: { errors: 1 }\n${steps}${save}`;
    const { run, text } = await place({ 'w.yaml': yaml }, failing);
    expect((await run({ parallel: 1 })).at(-1)).toMatchObject({ status: 'stopped' });
    broken.yes = false;
    const events = await run();
    expect(events[0]).toMatchObject({ found: 'stopped' });
    expect(events.at(-1)).toMatchObject({ status: 'done', counts: { rows: 6, ok: 6 } });
    expect(
      (await text('out.jsonl'))
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).key),
    ).toEqual([...'012345']);
  });

  test('their rows, causes and last answers are in the errors file, which is written anew too', async () => {
    broken.yes = true;
    const { run, text, path } = await place(
      { 'w.yaml': `${head}${steps}save: { to: out.jsonl, errors: bad.jsonl }\n` },
      failing,
    );
    await run();
    const line = JSON.parse(await text('bad.jsonl'));
    expect(line).toMatchObject({
      key: '2',
      row: { id: '2', text: 'text 2' },
      error: { cause: { code: 'BAD_REQUEST' } },
    });
    await rm(path('bad.jsonl'));
    await run();
    expect(JSON.parse(await text('bad.jsonl'))).toEqual(line);
  });
});

describe('equal calls', () => {
  const same =
    'each: { from: r.jsonl, key: "${row.id}" }\nsteps: { a: { generate: Say it., options: { temperature: 0 } } }\nsave: { to: out.jsonl }\n';

  test('are made once where the answer is determined, side by side and one after the other', async () => {
    const { run, fake, text } = await place({ 'w.yaml': `model: m\n${same}` });
    await run({ parallel: 4 });
    expect(asked(fake)).toHaveLength(1);
    expect((await text('out.jsonl')).match(/<Say it.>/g)).toHaveLength(6);
  });

  test('are made each time where it is not, or the step says so', async () => {
    const free = await place({ 'w.yaml': `model: m\n${same.replace('temperature: 0', 'temperature: 1')}` });
    await free.run();
    expect(asked(free.fake)).toHaveLength(6);
    const off = await place({ 'w.yaml': `model: m\n${same.replace('Say it.,', 'Say it., cache: off,')}` });
    await off.run();
    expect(asked(off.fake)).toHaveLength(6);
  });

  test('the others ask themselves where the first one fails', async () => {
    let n = 0;
    const { run, fake } = await place(
      { 'w.yaml': `model: m\n${same}` },
      {
        faults: ({ path }) =>
          path === '/api/generate' && n++ === 0 ? { kind: 'status', status: 400, body: { error: 'no' } } : undefined,
      },
    );
    expect((await run({ parallel: 4 })).at(-1)).toMatchObject({ counts: { ok: 5, failed: 1 } });
    expect(asked(fake)).toHaveLength(2);
  });

  test('serve later runs where the step shares them', async () => {
    const { run, fake } = await place({ 'w.yaml': `model: m\n${same.replace('Say it.,', 'Say it., cache: shared,')}` });
    await run();
    await run({ mode: 'new' });
    expect(asked(fake)).toHaveLength(1);
  });
});

describe('reduces', () => {
  const yaml = `${head}steps:\n  a: { generate: "\${row.text}" }\n  d: { over: a, group_by: "\${int(row.id) % 2 == 0 ? 'even' : 'odd'}", generate: "\${items.join(' ')}" }\nsave: { to: out.jsonl, over: { d: d.jsonl } }\n`;

  test('ask again only for groups whose items changed', async () => {
    const { run, path, fake, text } = await place({
      'w.yaml': yaml.replace("int(row.id) % 2 == 0 ? 'even' : 'odd'", 'row.id'),
    });
    await run();
    const total = asked(fake).length;
    await writeFile(path('r.jsonl'), rowsOf(0, 1, 2, 3, 4, 5).replace('text 3', 'three'));
    await run();
    expect(asked(fake).slice(total)).toEqual(['three', '<three>']);
    expect((await text('d.jsonl')).split('\n')).toHaveLength(7);
  });
});

describe('two at once', () => {
  test('never execute one run, nor write one file', async () => {
    const { run, path, fake } = await place(
      {
        'v.yaml': `${head}steps: { z: { generate: x } }\nsave: { to: out.jsonl }\n`,
      },
      { faults: () => ({ kind: 'stall' }) },
    );
    const journal = await openJournal(path('.millrace/journal.db'));
    const interrupt = new Subject<void>();
    const first = run({ journal, interrupt });
    await fake.waitFor(() => fake.inFlight > 0);
    await expect(run()).rejects.toMatchObject({
      code: 'RUN_BUSY',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await expect(run({ mode: 'new' })).rejects.toMatchObject({ code: 'RUN_BUSY' });
    const other = await loaded(path('v.yaml'));
    await expect(allEvents(other, { hosts: [], journal })).rejects.toMatchObject({
      code: 'RUN_BUSY',
      message: expect.stringContaining('out.jsonl'),
    });
    interrupt.next();
    await first.catch(() => {});
    journal.close();
  });
});
