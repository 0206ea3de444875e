import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { type Journal, openJournal, type PlanWorld, planWorkflow, type RunPlan, runWorkflow } from '@millrace/runner';
import type { FakeOllamaOptions } from '@millrace/testing';
import { lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { allEvents, fakeHost, folderWith, loaded, ofType, readJsonl } from './scene.ts';

const rows = (count: number, textOf = (id: number): string => `text ${id}`): string =>
  `id,kind,text\n${Array.from({ length: count }, (_, id) => `${id},${id % 3},${textOf(id)}\n`).join('')}`;

interface Scene {
  readonly flow: string;
  readonly csv?: string;
  readonly host?: FakeOllamaOptions;
}

/** A workflow beside its rows, a server and a journal. */
async function sceneOf({ flow, csv = rows(10), host = {} }: Scene) {
  const folder = await folderWith({ 'w.yaml': flow, 'r.csv': csv });
  const { fake, ollama } = await fakeHost(host);
  const load = () => loaded(`${folder}/w.yaml`);
  const withJournal = async <Value>(act: (journal: Journal) => Promise<Value>): Promise<Value> => {
    const journal = await openJournal(`${folder}/journal.db`);
    try {
      return await act(journal);
    } finally {
      journal.close();
    }
  };
  return {
    folder,
    fake,
    load,
    plan: async (world: Partial<PlanWorld> = {}): Promise<RunPlan> =>
      planWorkflow(await load(), { hosts: [ollama], ...world }),
    planWithJournal: (world: Partial<PlanWorld> = {}) =>
      withJournal(async (journal) => planWorkflow(await load(), { hosts: [ollama], journal, ...world })),
    run: () => withJournal(async (journal) => allEvents(await load(), { hosts: [ollama], journal })),
  };
}

const each = 'each: { from: r.csv, key: "${row.id}" }';
/** The files of results in a folder, with what is in them. */
async function resultsIn(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /^out.*\.(jsonl|md)$/.test(name));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])),
  );
}

const callsOf = ({ steps }: RunPlan) => Object.fromEntries(steps.map(({ step, calls }) => [step, calls]));
const codesOf = ({ warnings }: RunPlan) => warnings.map(({ code, willFail }) => [code, willFail]);
const sure = (calls: number) => ({ least: calls, most: calls });

describe('rows', () => {
  test('are counted as the run selects them, and no model is asked', async () => {
    const flow = `model: m\neach: { from: r.csv, key: "\${row.id}", where: "\${row.kind != '1'}" }\nsteps: { a: { generate: "\${row.text}" } }\n`;
    const { plan, fake, folder } = await sceneOf({ flow });
    const { rows: all, run, calls, time } = await plan();
    expect(all).toMatchObject({ from: 'rows', read: 10, leftOut: 3, broken: 0, duplicates: 0, done: 0, asked: 7 });
    expect([run, calls]).toEqual([{ found: 'nothing', isFinished: false, isInWork: false }, sure(7)]);
    expect(time).toEqual({ isKnown: false, reason: 'use --probe N' });
    expect((await plan({ first: 2 })).rows).toMatchObject({ read: 3, leftOut: 1, asked: 2 });
    expect((await plan({ range: { from: 4, to: 6 } })).rows).toMatchObject({ read: 3, leftOut: 1, asked: 2 });
    expect((await plan({ sample: { size: 3, seed: 5 } })).rows).toMatchObject({ read: 3, asked: 3 });
    expect((await plan({ first: 0 })).rows).toMatchObject({ read: 0, asked: 0 });
    expect(fake.requests).toEqual([]);
    expect(existsSync(`${folder}/journal.db`)).toBe(false);
  });

  test('of an empty file are none, and what would be asked is shown all the same', async () => {
    const { plan } = await sceneOf({
      flow: `model: m\n${each}\nsteps: { a: { generate: "say \${row.text}" } }\n`,
      csv: 'id,kind,text\n',
    });
    const made = await plan();
    expect([made.rows.read, made.calls, made.loads.each]).toEqual([0, sure(0), sure(0)]);
    expect(made.prompts[0]?.messages).toEqual([{ role: 'user', text: 'say ‹row.text›' }]);
  });

  test('that are broken, given twice or without text are told, with the first of them', async () => {
    const csv = 'id,kind,text\n1,0,one\n2,0\n1,0,again\n3,0,\n4,0,"  "\n';
    const { plan } = await sceneOf({
      flow: `model: m\n${each}\nsteps: { a: { generate: "Sum up: \${row.text}" } }\n`,
      csv,
    });
    const made = await plan();
    expect(made.rows).toMatchObject({ read: 5, broken: 1, duplicates: 1, asked: 3 });
    expect(codesOf(made)).toEqual([
      ['ROWS_BROKEN', true],
      ['KEY_DUPLICATE', true],
      ['TEXT_MISSING', false],
    ]);
    expect(made.warnings[1]?.message).toMatch(/^1 row .*The key `1` of line 4 is that of line 2 too\./);
    expect(made.warnings[2]).toMatchObject({ rows: 2, message: expect.stringMatching(/^2 rows .*line 5/) });
  });

  test('whose prompt cannot be made fail for sure', async () => {
    const csv = rows(4, (id) => (id === 2 ? '' : 'text'));
    const { plan } = await sceneOf({ flow: `model: m\n${each}\nsteps: { a: { generate: "\${row.text}" } }\n`, csv });
    expect((await plan()).warnings).toEqual([
      expect.objectContaining({
        code: 'PROMPT_FAILS',
        rows: 1,
        willFail: true,
        message: expect.stringMatching(/line 4, step `a`.*empty/),
      }),
    ]);
  });

  test('of the journal are not asked again; those that a change of the workflow touches may be', async () => {
    const flow = `model: m\n${each}\nsteps: { a: { generate: "\${row.text}" } }\nsave: { to: out.jsonl }\n`;
    const { planWithJournal, run, folder } = await sceneOf({ flow });
    const [start] = ofType(await run(), 'run-start');
    const done = await planWithJournal();
    expect([done.run, done.rows.done, done.calls]).toEqual([
      { id: start?.id, found: 'finished', isFinished: true, isInWork: false },
      10,
      sure(0),
    ]);
    expect((await planWithJournal({ mode: 'new' })).rows).toMatchObject({ done: 0, asked: 10 });
    await writeFile(`${folder}/w.yaml`, flow.replace('"${row.text}"', '"again ${row.text}"'));
    const changed = await planWithJournal();
    expect(changed.rows).toMatchObject({ done: 0, begun: 10, asked: 10 });
    expect([changed.run.found, callsOf(changed).a]).toEqual(['changed', { least: 0, most: 10 }]);
  });

  test('of standard input are not read', async () => {
    const { folder, load } = await sceneOf({
      flow: `model: m\neach: { from: "-", key: "\${row.id}" }\nsteps: { a: { generate: "say \${row.text}" } }\n`,
    });
    const { ollama } = await fakeHost();
    const made = await planWorkflow(await load(), { hosts: [ollama] });
    expect(made.rows).toMatchObject({ from: 'stdin', read: 0 });
    expect(callsOf(made).a).toEqual({ least: 0, most: null });
    expect(made.prompts[0]?.messages[0]?.text).toBe('say ‹row.text›');
    const journal = await openJournal(`${folder}/journal.db`);
    await expect(planWorkflow(await load(), { hosts: [ollama], journal, probe: 2 })).rejects.toMatchObject({
      code: 'USAGE_INVALID',
    });
    journal.close();
  });
});

describe('calls', () => {
  test('are exact where only the row decides, and an interval where an answer does', async () => {
    const flow = `model: m
${each}
steps:
  a: { generate: "\${row.text}", returns: { mood: good | bad } }
  some: { when: "\${row.kind == '0'}", generate: "\${row.text}" }
  after: { generate: "\${some}" }
  maybe: { when: '\${a.mood == "bad"}', generate: "\${a.mood}" }
  parts: { split: { text: "\${row.text}", tokens: 1 } }
  each_part: { for: "\${parts}", generate: "\${item}" }
  better: { generate: "\${row.text} \${default(previous, '')}", repeat: { until: '\${better == "x"}', max: 3 } }
  spare: { generate: "\${row.text}" }
  frail: { generate: "\${row.text}", on_error: { run: spare } }
`;
    const { plan } = await sceneOf({ flow, csv: rows(9, () => 'one two') });
    const made = await plan();
    expect(callsOf(made)).toMatchObject({
      a: sure(9),
      some: sure(3),
      after: sure(3),
      maybe: { least: 0, most: 9 },
      better: { least: 9, most: 27 },
      spare: { least: 0, most: 9 },
      frail: sure(9),
    });
    const parts = callsOf(made).each_part;
    expect(parts?.least).toBe(parts?.most);
    expect(parts?.least).toBeGreaterThanOrEqual(18);
    expect(made.steps.find(({ step }) => step === 'maybe')?.because).toEqual(['`when`']);
  });

  test('of a reduce are those of the groups that the rows give', async () => {
    const flow = `model: m
${each}
steps:
  a: { generate: "\${row.text}" }
  whole: { over: a, generate: '\${items.join(",")}' }
  by_kind: { over: a, group_by: "\${row.kind}", generate: '\${items.join(",")}' }
  by_answer: { over: a, group_by: "\${a}", generate: '\${items.join(",")}' }
  folded: { over: a, fold: 4, generate: '\${items.join(",")}' }
`;
    const { plan, run, fake } = await sceneOf({ flow });
    const made = await plan();
    expect(callsOf(made)).toEqual({
      a: sure(10),
      whole: sure(1),
      by_kind: sure(3),
      by_answer: { least: 0, most: 10 },
      folded: sure(4),
    });
    await run();
    const asked = fake.requests.length;
    expect(asked).toBeGreaterThanOrEqual(made.calls.least);
    expect(asked).toBeLessThanOrEqual(made.calls.most as number);
  });

  test.each([
    [1, 2],
    [5, 2],
    [9, 4],
    [13, 3],
    [17, 4],
  ])('of a fold of %i items by %i are those that the run makes', async (count, fold) => {
    const flow = `model: m\n${each}\nsteps:\n  a: { set: "\${row.text}" }\n  f: { over: a, fold: ${fold}, generate: '\${items.join(",")}' }\n`;
    const { plan, run, fake } = await sceneOf({ flow, csv: rows(count) });
    const { calls } = await plan();
    await run();
    expect(calls).toEqual(sure(fake.requests.length));
  });

  test('that determine the same answer are counted once, as the run makes them', async () => {
    const flow = `model: m\n${each}\nsteps: { a: { generate: "about \${row.kind}", options: { temperature: 0 } } }\n`;
    const { plan, run, fake } = await sceneOf({ flow });
    const { steps } = await plan();
    expect(steps[0]).toMatchObject({ calls: sure(3), shared: 7 });
    await run();
    expect(fake.requests).toHaveLength(3);
  });

  test('of a model that rows choose are told by model', async () => {
    const flow = `${each}\nsteps: { a: { model: "\${row.kind == '0' ? 'm' : 'n'}", generate: "\${row.text}" } }\n`;
    const { plan } = await sceneOf({ flow, host: { models: ['m', 'n'] } });
    expect((await plan()).steps[0]?.models).toEqual({ m: sure(4), n: sure(6) });
  });

  test('of a single run are its steps', async () => {
    const { plan } = await sceneOf({ flow: 'model: m\nsteps: { a: { generate: Hello }, b: { generate: "${a}" } }\n' });
    const made = await plan();
    expect([made.rows.from, made.calls, made.rows.asked]).toEqual(['single', sure(2), 1]);
  });

  test('are none where no step asks a model, and no host is looked at', async () => {
    const { load } = await sceneOf({ flow: `${each}\nsteps: { a: { set: "\${row.text}" } }\n` });
    const made = await planWorkflow(await load(), { hosts: [] });
    expect([made.calls, made.warnings, made.time]).toEqual([
      sure(0),
      [],
      { isKnown: false, reason: 'no model is asked' },
    ]);
  });
});

describe('prompts', () => {
  const long = 'word '.repeat(3000);
  const flow = `model: m\n${each}\nsteps: { a: { generate: "Sum up: \${row.text}", options: { num_predict: 20 } } }\n`;

  test('have the longest with its place, and the median', async () => {
    const { plan } = await sceneOf({ flow, csv: rows(11, (id) => (id === 4 ? 'word '.repeat(200) : 'one')) });
    const tokens = (await plan()).steps[0]?.tokens;
    expect(tokens).toMatchObject({
      longestAt: 'line 6',
      medianOf: 11,
      isEstimated: false,
      answer: 20,
      waiting: 0,
      tooLong: 0,
    });
    expect(tokens?.longest).toBeGreaterThan(200);
    expect(tokens?.median).toBeLessThan(30);
  });

  test('that do not fit the window wait for a larger one, which is another load', async () => {
    // The window is chosen by the first rows; a long one comes behind them.
    const csv = rows(1010, (id) => (id === 1005 ? long : 'one'));
    const { plan } = await sceneOf({ flow, csv });
    const { steps, models, loads } = await plan();
    expect(models[0]).toMatchObject({ window: 2048, contextLength: 32768 });
    expect(steps[0]?.tokens).toMatchObject({ waiting: 1, tooLong: 0, longestAt: 'line 1007' });
    expect(loads.stages).toEqual(
      [
        { models: ['m'], window: 2048, rows: 1009 },
        { models: ['m'], window: 4096, rows: 1 },
      ].map((stage, index) => (index === 1 ? { ...stage, window: expect.any(Number) } : stage)),
    );
    expect(loads.each.most).toBe(2);
  });

  test('that are longer than any window are told as failures', async () => {
    const csv = rows(5, (id) => (id === 3 ? long : 'one'));
    const { plan } = await sceneOf({ flow, csv, host: { models: [{ name: 'm', contextLength: 1024 }] } });
    const made = await plan();
    expect(made.steps[0]?.tokens).toMatchObject({ tooLong: 1 });
    expect(codesOf(made)).toEqual([['PROMPT_TOO_LONG', true]]);
  });

  test('of the first row stand there whole, with the place of each answer that is not there yet', async () => {
    const talk = `model: m
${each}
steps:
  a: { generate: "Judge \${row.text}", system: Be brief., returns: { mood: good | bad, why: string?, words: "string[]", n: number } }
  b: { chat: [{ user: "It is \${a.mood} for \${a.why}: \${a.words.join(' ')} (\${a.n})" }] }
  digest: { over: b, generate: '\${items.join(" + ")}' }
`;
    const { plan } = await sceneOf({ flow: talk });
    const { prompts } = await plan();
    expect(prompts).toMatchObject([
      { step: 'a', runs: 'yes', system: 'Be brief.', messages: [{ role: 'user', text: 'Judge text 0' }] },
      {
        step: 'b',
        messages: [
          {
            role: 'user',
            text: 'It is ‹answer of a.mood› for ‹answer of a.why›: ‹answer of a.words› (‹answer of a.n›)',
          },
        ],
      },
      { step: 'digest', messages: [{ role: 'user', text: '‹answer of b›' }] },
    ]);
  });

  test('that need an answer to be made are shown as the file has them, and are not taken for broken', async () => {
    const sum = `model: m\n${each}\nsteps:\n  a: { generate: "\${row.text}", returns: { n: number } }\n  b: { generate: "Twice: \${a.n * 2.0}" }\n`;
    const { plan } = await sceneOf({ flow: sum });
    const { prompts, warnings } = await plan();
    expect(prompts[1]).toMatchObject({
      messages: [{ role: 'template', text: 'Twice: ${a.n * 2.0}' }],
      error: { code: 'EXPRESSION_FAILED' },
    });
    expect(warnings).toEqual([]);
  });
});

describe('models and hosts', () => {
  const two = (order: readonly string[]): string =>
    `${each}\nsteps:\n${order.map((model, at) => `  s${at}: { model: ${model}, generate: "\${${at === 0 ? 'row.text' : `s${at - 1}`}}" }`).join('\n')}\n`;

  test.each([
    [['m', 'n'], 2, 2, 20],
    [['m', 'n', 'm'], 3, 2, 21],
  ])('%j is loaded stage by stage, as the run then does', async (order, most, least, rowByRow) => {
    const { plan, run } = await sceneOf({ flow: two(order), host: { models: ['m', 'n'], maxLoadedModels: 1 } });
    const made = await plan();
    expect(made.loads).toMatchObject({ each: { least, most }, rowByRow });
    expect(made.loads.stages.map(({ models }) => models)).toEqual(order.map((model) => [model]));
    expect(codesOf(made)).toEqual([['MODELS_APART', false]]);
    const [end] = ofType(await run(), 'run-end');
    expect(end?.hosts?.[0]?.loads).toBe(most);
  });

  test('that are in memory together as the run wants them need no stage and no load', async () => {
    const { plan, run } = await sceneOf({
      flow: two(['m', 'n', 'm']),
      host: { models: ['m', 'n'], maxLoadedModels: 2 },
    });
    await run();
    const made = await plan();
    expect(made.loads.each).toEqual(sure(0));
    expect(made.loads.stages).toEqual([{ models: ['m', 'n'], rows: 10 }]);
    expect(made.models.map(({ name, resident }) => [name, resident[0]?.fits])).toEqual([
      ['m', true],
      ['n', true],
    ]);
    expect(made.warnings).toEqual([]);
  });

  test('that nobody has are missing, with the command that brings them', async () => {
    const { plan } = await sceneOf({ flow: `model: gone\n${each}\nsteps: { a: { generate: "\${row.text}" } }\n` });
    const made = await plan();
    expect(made.models[0]).toMatchObject({ name: 'gone', isMissing: true, hosts: [] });
    expect(made.warnings[0]).toMatchObject({
      code: 'MODEL_MISSING',
      willFail: true,
      hint: expect.stringContaining('ollama pull gone'),
    });
  });

  test('on a host that does not answer are planned with the others, and without any nothing is known of them', async () => {
    const { load } = await sceneOf({ flow: `model: m\n${each}\nsteps: { a: { generate: "\${row.text}" } }\n` });
    const { ollama } = await fakeHost();
    const silent = createOllama({ baseUrl: 'http://127.0.0.1:9' });
    const both = await planWorkflow(await load(), { hosts: [silent, ollama] });
    expect(both.hosts.map(({ answers, isUsed }) => [answers, isUsed])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(codesOf(both)).toEqual([['HOST_SILENT', false]]);
    const none = await planWorkflow(await load(), { hosts: [silent] });
    expect([codesOf(none), none.calls]).toEqual([[['HOST_SILENT', true]], sure(10)]);
    silent.close();
  });

  test('of which no host has all will fail, with what is missing where', async () => {
    const [{ ollama: one }, { ollama: other }] = [await fakeHost({ models: ['m'] }), await fakeHost({ models: ['n'] })];
    const { load } = await sceneOf({ flow: two(['m', 'n']) });
    const made = await planWorkflow(await load(), { hosts: [one, other] });
    expect(made.warnings.map(({ code, willFail, message }) => [code, willFail, message])).toEqual([
      ['MODEL_MISSING', true, `${one.baseUrl} does not have \`n\`, and no other host has all models.`],
      ['MODEL_MISSING', true, `${other.baseUrl} does not have \`m\`, and no other host has all models.`],
      ['MODELS_APART', false, expect.anything()],
    ]);
    const { ollama: whole } = await fakeHost({ models: ['m', 'n'] });
    const better = await planWorkflow(await load(), { hosts: [one, whole] });
    expect(better.hosts.map(({ isUsed }) => isUsed)).toEqual([false, true]);
    expect(codesOf(better)).toEqual([
      ['MODEL_MISSING', false],
      ['MODELS_APART', false],
    ]);
  });

  test('that are asked with other load options are told', async () => {
    const flow = `model: m\n${each}\nsteps:\n  a: { generate: "\${row.text}", options: { num_ctx: 2048 } }\n  b: { generate: "\${a}", options: { num_ctx: 4096 } }\n`;
    const { plan } = await sceneOf({ flow });
    expect(codesOf(await plan())).toEqual([['LOADS_DIFFER', false]]);
  });

  test('say what they are, on disk and in memory', async () => {
    const { plan, run } = await sceneOf({
      flow: `model: m\n${each}\nsteps: { a: { generate: "\${row.text}" } }\n`,
      host: { models: [{ name: 'm', size: 5_000_000, contextLength: 8192 }] },
    });
    await run();
    expect((await plan()).models).toEqual([
      {
        name: 'm',
        hosts: [expect.stringContaining('127.0.0.1')],
        isMissing: false,
        bytes: 5_000_000,
        parameters: expect.any(Number),
        quantization: 'Q4_K_M',
        contextLength: 8192,
        window: 4096,
        resident: [
          expect.objectContaining({
            bytes: expect.any(Number),
            gpuBytes: expect.any(Number),
            window: 4096,
            fits: true,
          }),
        ],
      },
    ]);
  });
});

describe('a probe', () => {
  const flow = `model: m\n${each}\nsteps: { a: { generate: "\${row.text}", options: { num_predict: 20 } }, b: { model: n, generate: "\${a}" } }\nsave: { to: out.jsonl }\n`;
  const host = { models: ['m', 'n'], tokenMs: 3, slots: 2, loadMs: 20, maxLoadedModels: 1 };

  test('runs rows from all over the input, and the run goes on behind them without asking them again', async () => {
    const { planWithJournal, run, fake, folder } = await sceneOf({ flow, csv: rows(40), host });
    const made = await planWithJournal({ probe: 5 });
    const probed = fake.requests.map(({ body }) => body as { model: string; prompt: string });
    const places = probed.filter(({ model }) => model === 'm').map(({ prompt }) => Number(prompt.replace('text ', '')));
    expect(places).toHaveLength(5);
    expect(Math.min(...places)).toBeLessThan(8);
    expect(Math.max(...places)).toBeGreaterThan(31);
    expect(made.rows).toMatchObject({ done: 5, asked: 35 });
    expect(made.run.found).toBe('unfinished');
    expect(existsSync(`${folder}/out.jsonl`)).toBe(false);
    if (!made.time.isKnown) throw new Error(made.time.reason);
    expect(made.time.probe).toMatchObject({
      rows: 5,
      failed: 0,
      loadMs: { m: expect.any(Number), n: expect.any(Number) },
    });
    expect(made.time.least).toBeGreaterThan(0);
    expect(made.time.most).toBeGreaterThan(made.time.least);

    const events = await run();
    expect(ofType(events, 'run-start')[0]).toMatchObject({ id: made.run.id, found: 'unfinished' });
    expect(ofType(events, 'row-end').filter(({ reused }) => reused)).toHaveLength(5);
    expect(fake.requests).toHaveLength(80);
    expect((await readJsonl(`${folder}/out.jsonl`)).map(({ key }) => key)).toEqual(rows(40).match(/^\d+/gm));
  });

  test.each([
    ['of rows with a key', flow, rows(20)],
    ['of equal rows without a key', flow.replace(', key: "${row.id}"', ''), `id,kind,text\n${'1,0,same\n'.repeat(20)}`],
    ['of keys that are given twice', flow, `${rows(20)}3,0,again\n7,0,again\n`],
    ['in a file for each row', flow.replace('to: out.jsonl', 'to: "out/${key}.md", fields: { a: "${b}" }'), rows(20)],
  ])('leaves the results %s as those of a run without it', async (_, text, csv) => {
    const whole = await sceneOf({ flow: text, csv, host });
    await whole.run();
    const halves = await sceneOf({ flow: text, csv, host });
    await halves.planWithJournal({ probe: 4 });
    await halves.planWithJournal({ probe: 3 });
    await halves.run();
    const results = await resultsIn(whole.folder);
    expect(Object.keys(results).length).toBeGreaterThan(0);
    expect(await resultsIn(halves.folder)).toEqual(results);
  });

  test('of a run that was interrupted takes rows that are left, and the run goes on behind both', async () => {
    const { planWithJournal, load, folder, fake } = await sceneOf({ flow, csv: rows(30), host });
    const journal = await openJournal(`${folder}/journal.db`);
    const interrupt = new Subject<void>();
    const ollama = createOllama({ baseUrl: fake.url });
    const events = runWorkflow(await load(), { hosts: [ollama], journal, interrupt }).pipe(
      tap((event) => event.type === 'stage-start' && interrupt.next()),
      toArray(),
    );
    await lastValueFrom(events);
    const before = (await planWorkflow(await load(), { hosts: [ollama], journal })).rows;
    expect(before).toMatchObject({ begun: 30, asked: 30 });
    const { rows: after } = await planWorkflow(await load(), { hosts: [ollama], journal, probe: 4 });
    expect(after).toMatchObject({ done: 4, begun: 26 });
    journal.close();
    ollama.close();
    expect((await planWithJournal({ probe: 2 })).rows.done).toBe(6);
  });

  test('of rows that fail says why, and these are tried again where the run was stopped', async () => {
    const stops = `model: m\n${each}\nsteps: { a: { generate: "\${row.text}", retry: 0 } }\nlimits: { errors: 1 }\nsave: { to: out.jsonl }\n`;
    let isBroken = true;
    const { planWithJournal, run } = await sceneOf({
      flow: stops,
      host: { faults: () => (isBroken ? { kind: 'status', status: 400, body: { error: 'no' } } : undefined) },
    });
    const made = await planWithJournal({ probe: 3 });
    expect(made.warnings).toEqual([expect.objectContaining({ code: 'PROBE_FAILED' })]);
    expect(made.run.found).toBe('stopped');
    isBroken = false;
    const again = await planWithJournal({ probe: 2 });
    expect(again.run.found).toBe('stopped');
    expect(ofType(await run(), 'run-end')[0]).toMatchObject({ status: 'done', counts: { ok: 10, failed: 0 } });
  });

  test('of all rows leaves no time to tell, and none is asked twice', async () => {
    const { planWithJournal, run, fake } = await sceneOf({ flow, csv: rows(3), host });
    const made = await planWithJournal({ probe: 10 });
    expect([made.time, made.rows.done]).toEqual([{ isKnown: false, reason: 'the probe has asked all rows' }, 3]);
    await run();
    expect(fake.requests).toHaveLength(6);
  });

  test('knows that calls may be so many in a time only', async () => {
    const slow = `model: m\n${each}\nsteps: { a: { generate: "\${row.text}" } }\nlimits: { rate: 10/s }\n`;
    const { planWithJournal } = await sceneOf({ flow: slow, csv: rows(103) });
    const { time } = await planWithJournal({ probe: 3 });
    expect(time).toMatchObject({ isKnown: true, least: expect.any(Number) });
    expect((time as { least: number }).least).toBeGreaterThanOrEqual(10_000);
  });

  test('of one row says from half to double', async () => {
    const one = `model: m\n${each}\nsteps: { a: { generate: "\${row.text}" } }\n`;
    const { planWithJournal } = await sceneOf({ flow: one, csv: rows(41), host: { tokenMs: 10, slots: 1 } });
    const { time } = await planWithJournal({ probe: 1 });
    if (!time.isKnown) throw new Error(time.reason);
    expect(time.probe).toMatchObject({ rows: 1, spreadMs: 0, parallel: { mean: 1, most: 1 } });
    expect(time.least).toBeCloseTo(20 * time.probe.rowMs, -2);
  });

  test('is refused without a journal, and of a run that begins afresh', async () => {
    const { plan, planWithJournal, fake } = await sceneOf({ flow, host });
    await expect(plan({ probe: 1 })).rejects.toMatchObject({ code: 'USAGE_INVALID' });
    await expect(planWithJournal({ probe: 1, mode: 'new' })).rejects.toMatchObject({ code: 'USAGE_INVALID' });
    expect(fake.requests).toEqual([]);
  });

  test('asks nothing where a model is missing', async () => {
    const { planWithJournal, fake } = await sceneOf({ flow, host: { models: ['m'] } });
    const made = await planWithJournal({ probe: 2 });
    expect([made.time, fake.requests]).toEqual([{ isKnown: false, reason: 'a model is missing' }, []]);
  });

  test('that is cancelled lets go of the server, and keeps what was answered', async () => {
    const stopping = new AbortController();
    const { planWithJournal, fake } = await sceneOf({ flow, csv: rows(40), host: { ...host, tokenMs: 20 } });
    const onProbe = (ended: number): void => {
      if (ended === 1) stopping.abort();
    };
    await expect(planWithJournal({ probe: 20, signal: stopping.signal, onProbe })).rejects.toThrow(/abort/i);
    await fake.waitFor(({ running }) => running === 0);
    expect((await planWithJournal()).rows.done).toBeGreaterThan(0);
  });
});

test.each([
  ['of all', {}],
  ['for a sample', { sample: { size: 3, seed: 1 } }],
])('reading rows %s is cancelled too', async (_, selection) => {
  const stopping = new AbortController();
  const { plan } = await sceneOf({
    flow: `model: m\n${each}\nsteps: { a: { generate: "\${row.text}" } }\n`,
    csv: rows(5000),
  });
  let seen = 0;
  const onRows = (count: number): void => {
    seen = count;
    if (count > 500) stopping.abort();
  };
  await expect(plan({ signal: stopping.signal, onRows, ...selection })).rejects.toThrow(/abort/i);
  expect(seen).toBeLessThan(1000);
});
