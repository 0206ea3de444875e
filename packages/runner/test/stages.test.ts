import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { initialRun, openJournal, reduceRun, runWorkflow } from '@millrace/runner';
import { lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { allEvents, fakeHost, folderWith, loaded, ofType, readJsonl } from './scene.ts';

/** Two models, of which the server can hold one. */
const oneAtATime = { models: ['a', 'b'], maxLoadedModels: 1, slots: 4 } as const;

async function flow(rows: number, steps: string, more = ''): Promise<{ folder: string; file: string }> {
  const lines = Array.from({ length: rows }, (_, id) => JSON.stringify({ id: String(id), text: `text ${id}` }));
  const folder = await folderWith({
    'rows.jsonl': `${lines.join('\n')}\n`,
    'w.yaml': `each: { from: rows.jsonl, key: "\${row.id}" }\nsteps:\n${steps}\nsave: { to: out.jsonl }\n${more}`,
  });
  return { folder, file: join(folder, 'w.yaml') };
}

const chain = `  one: { model: a, generate: "one \${row.text}" }
  two: { model: b, generate: "two \${one}" }`;
const thereAndBack = `${chain}\n  three: { model: a, generate: "three \${two}" }`;

test.each([
  ['a chain of two', chain, ['a', 'b']],
  ['there and back', thereAndBack, ['a', 'b', 'a']],
])('%s loads each model once for all rows', async (_, steps, loads) => {
  const { folder, file } = await flow(60, steps);
  const { ollama, fake } = await fakeHost({ ...oneAtATime, answer: ({ lastText }) => `<${lastText}>` });
  const events = await allEvents(await loaded(file), { hosts: [ollama], parallel: 4 });
  expect(fake.loads.map(({ model }) => model.replace(':latest', ''))).toEqual(loads);
  expect(ofType(events, 'stage-start').map(({ model }) => model)).toEqual(loads.slice(1));
  expect(ofType(events, 'row-parked')).toHaveLength(60 * (loads.length - 1));
  const lines = await readJsonl(join(folder, 'out.jsonl'));
  expect(lines.map(({ key }) => key)).toEqual(Array.from({ length: 60 }, (_, id) => String(id)));
  for (const { key, two } of lines) expect(two).toBe(`<two <one text ${key}>>`);
  const end = ofType(events, 'run-end')[0];
  expect(end).toMatchObject({ counts: { ok: 60 }, hosts: [{ loads: loads.length, calls: 60 * loads.length }] });
  expect(end?.loadsAvoided).toBeGreaterThan(100);
  expect(end?.reusedTokens).toBeUndefined();
});

test('rows that need the first model only are done in its stage; lines stand in the order of the input all the same', async () => {
  const { folder, file } = await flow(
    40,
    `  one: { model: a, generate: "\${row.id}" }
  two: { when: "\${int(row.id) % 3 == 1}", model: b, generate: "\${one}" }`,
    'limits: { errors: 50 }\n',
  );
  const { ollama } = await fakeHost({ ...oneAtATime, answer: ({ lastText }) => `<${lastText}>` });
  const stages: number[] = [];
  let stage = 1;
  const events = await lastValueFrom(
    runWorkflow(await loaded(file), { hosts: [ollama], parallel: 4 }).pipe(
      tap((event) => {
        if (event.type === 'stage-start') stage = event.stage;
        if (event.type === 'row-end') stages[event.index] = stage;
      }),
      toArray(),
    ),
  );
  expect(stages).toEqual(Array.from({ length: 40 }, (_, id) => (id % 3 === 1 ? 2 : 1)));
  const lines = await readJsonl(join(folder, 'out.jsonl'));
  expect(lines.map(({ key }) => Number(key))).toEqual(Array.from({ length: 40 }, (_, id) => id));
  expect(lines.map(({ two }) => two !== null)).toEqual(Array.from({ length: 40 }, (_, id) => id % 3 === 1));
  expect(events.at(-1)).toMatchObject({ counts: { ok: 40 } });
});

test('a step is told once: said again behind a wait it has no tokens, and labels count one time', async () => {
  const { file } = await flow(
    6,
    `  one: { model: a, generate: "\${row.id}", returns: x | y, expect: x }
  two: { model: b, generate: "\${row.id}" }
  three: { model: b, generate: "\${one} \${row.id}" }`,
  );
  const { ollama } = await fakeHost({ ...oneAtATime, answer: ({ model }) => (model === 'a' ? '"x"' : 'z') });
  const events = await allEvents(await loaded(file), { hosts: [ollama] });
  const ends = ofType(events, 'step-end').filter(({ step }) => step === 'one');
  expect(ends.filter(({ reused }) => !reused)).toHaveLength(6);
  expect(ends.filter(({ reused }) => reused).map(({ usage }) => usage)).toEqual(Array(6).fill(undefined));
  expect(ofType(events, 'step-start').filter(({ step }) => step === 'one')).toHaveLength(6);
  const { labels, openLabels } = events.reduce(reduceRun, initialRun);
  expect(labels.one).toMatchObject({ counts: { x: 6 }, compared: 6, right: 6 });
  expect(openLabels).toEqual([]);
});

test('models that the host holds side by side need no stages', async () => {
  const { file } = await flow(12, chain);
  const { ollama, fake } = await fakeHost({ ...oneAtATime, maxLoadedModels: 2 });
  for (const model of ['a', 'b'])
    await lastValueFrom(ollama.generate({ model, options: { num_ctx: 4096 } }), { defaultValue: undefined });
  const events = await allEvents(await loaded(file), { hosts: [ollama] });
  expect(ofType(events, 'row-parked')).toEqual([]);
  expect(fake.loads).toHaveLength(2);
});

test('a run that is stopped in its second stage goes on there', async () => {
  const { folder, file } = await flow(30, chain);
  const { ollama, fake } = await fakeHost({ ...oneAtATime, tokenMs: 1 });
  const workflow = await loaded(file);
  const journal = await openJournal(join(folder, '.millrace'));
  const interrupt = new Subject<void>();
  const first = await lastValueFrom(
    runWorkflow(workflow, { hosts: [ollama], journal, interrupt, parallel: 2 }).pipe(
      tap((event) => {
        if (event.type === 'row-end' && event.index === 5) interrupt.next();
      }),
    ),
  );
  expect(first).toMatchObject({ status: 'interrupted' });
  const asked = fake.asked;
  const loads = fake.loads.length;
  const events = await allEvents(workflow, { hosts: [ollama], journal });
  journal.close();
  expect(events.at(-1)).toMatchObject({ status: 'done', counts: { ok: 30 } });
  // No call of the first model is made again, and it is not loaded.
  expect(fake.requests.slice(asked).every(({ body }) => (body as { model: string }).model === 'b')).toBe(true);
  expect(fake.loads).toHaveLength(loads);
  expect((await readJsonl(join(folder, 'out.jsonl'))).map(({ key }) => Number(key))).toEqual([...Array(30).keys()]);
});

test('rows of standard input wait in the journal, and a run without rows has stages too', async () => {
  const folder = await folderWith({
    'w.yaml': `each: { from: "-", key: "\${row.id}" }\nsteps:\n${chain.replaceAll('row.text', 'row.id')}\nsave: { to: out.jsonl }\n`,
    'one.yaml': 'steps:\n  one: { model: a, generate: A }\n  two: { model: b, generate: "${one}" }\n',
  });
  const { ollama, fake } = await fakeHost(oneAtATime);
  const stdin = Readable.from([Buffer.from('{"id":"x"}\n{"id":"y"}\n')]);
  const events = await allEvents(await loaded(join(folder, 'w.yaml'), { stdin }), { hosts: [ollama] });
  expect(events.at(-1)).toMatchObject({ counts: { ok: 2 } });
  expect(fake.loads).toHaveLength(2);
  expect(await readFile(join(folder, 'out.jsonl'), 'utf8')).toMatch(/^\{"key":"x".*\n\{"key":"y".*\n$/);
  expect((await allEvents(await loaded(join(folder, 'one.yaml')), { hosts: [ollama] })).at(-1)).toMatchObject({
    value: expect.stringContaining('Answer'),
  });
});

test('elements of a step that ask different models are all made, each model once', async () => {
  const { file } = await flow(
    8,
    `  each: { for: [a, b, a, b], model: "\${item}", generate: "\${item} \${row.id}" }`.replace('each:', 'parts:'),
  );
  const { ollama, fake } = await fakeHost(oneAtATime);
  const events = await allEvents(await loaded(file), { hosts: [ollama] });
  expect(events.at(-1)).toMatchObject({ counts: { ok: 8 } });
  expect(fake.asked).toBe(32);
  expect(fake.loads).toHaveLength(2);
});

test('a reduce behind stages sees every row, in order', async () => {
  const { file, folder } = await flow(10, `${chain}\n  whole: { over: two, set: '\${items.join(",")}' }`);
  const { ollama } = await fakeHost({ ...oneAtATime, answer: ({ lastText }) => `${lastText.match(/\d+/)?.[0]}` });
  await allEvents(await loaded(file), { hosts: [ollama] });
  const [group] = await readJsonl(join(folder, 'out.whole.jsonl'));
  expect(group).toMatchObject({ count: 10, value: '0,1,2,3,4,5,6,7,8,9' });
});
