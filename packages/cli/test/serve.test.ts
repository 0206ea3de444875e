import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isQuestion } from '@millrace/testing';
import { afterTest, gone, processesLike } from './scene.ts';
import { asking, duesOf, type ListedRun, serveScene } from './serve-scene.ts';

/** Killed so often at random. */
const kills = process.env.MILLRACE_LONG === '1' ? 20 : 5;

test('a schedule of two seconds has one run for each due time, whenever the server is killed', async () => {
  const every = 2_000;
  const { serve, runsThat, call } = await serveScene({
    'often.yaml': asking('{ every: 2s, overlap: queue, missed: { run: all, within: 10m } }'),
  });
  let server = serve();
  await server.saw(/Serving 1 workflow/);
  await runsThat((runs) => runs.length > 0);
  for (let kill = 0; kill < kills; kill++) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3_000));
    server.child.kill('SIGKILL');
    await server.ended;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3_000));
    server = serve();
    await server.saw(/Serving 1 workflow/);
  }
  await call('schedule', 'pause', 'often.yaml');
  const last = Date.now();
  const runs = await runsThat((found) => {
    const dues = duesOf(found);
    return dues.length >= 3 && found.every(({ status }) => status === 'done') && (dues.at(-1) ?? 0) >= last - 2 * every;
  });
  const dues = duesOf(runs);
  expect(new Set(dues).size).toBe(runs.length);
  const first = dues[0] ?? 0;
  expect(dues).toEqual(Array.from({ length: dues.length }, (_, index) => first + index * every));
  expect(dues.length).toBeGreaterThan(kills);
}, 300_000);

test('SIGTERM interrupts a run, which goes on at the next start; its rows are asked once', async () => {
  const rows = Array.from({ length: 12 }, (_, id) => JSON.stringify({ id, text: `text ${id}` })).join('\n');
  const { serve, call, fake, runs, runsThat } = await serveScene(
    {
      'rows.jsonl': rows,
      'w.yaml': [
        'model: m',
        'each: { from: rows.jsonl, key: "${string(row.id)}" }',
        'steps: { a: { generate: "about ${row.text}" } }',
        'save: { to: out.jsonl }',
        'limits: { parallel: 1 }',
        'schedule: { cron: "0 0 1 1 *" }',
      ].join('\n'),
    },
    { tokenMs: 30, answerTokens: 10 },
  );
  const first = serve();
  await first.saw(/Serving/);
  expect(await call('schedule', 'trigger', 'w.yaml')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/The server/),
  });
  await fake.waitFor(({ requests }) => requests.filter(({ path }) => path === '/api/generate').length > 4);
  first.child.kill('SIGTERM');
  expect(await first.ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/goes on at the next start/) });
  expect(await runs()).toMatchObject([{ status: 'interrupted' }]);
  serve();
  const [run] = await runsThat(([one]) => one?.status === 'done');
  expect(run).toMatchObject({ counts: { rows: 12, ok: 12 } });
  const asked = fake.requests.filter(({ body }) => /about/.test(JSON.stringify(body))).length;
  expect(asked).toBeGreaterThanOrEqual(12);
  expect(asked).toBeLessThanOrEqual(13); // what was in flight at the signal is asked again
});

test('over HTTP a run is started, cancelled, resumed and tried again, and its events are read', async () => {
  const lines = Array.from({ length: 8 }, (_, id) => JSON.stringify({ id: String(id), text: `text ${id}` })).join('\n');
  const failing = new Set(['about text 3']);
  const { serve, fake, runsThat } = await serveScene(
    {
      'rows.jsonl': lines,
      'deep/w.yaml': [
        'model: m',
        'each: { from: rows.jsonl, key: "${row.id}" }',
        'steps: { a: { generate: "about ${row.text}", retry: 0 } }',
        'limits: { parallel: 1 }',
      ].join('\n'),
      'deep/rows.jsonl': lines,
    },
    {
      tokenMs: 20,
      answerTokens: 10,
      answer: ({ lastText }) => (failing.has(lastText) ? { tokens: [''] } : 'fine '.repeat(20)),
    },
  );
  const server = serve();
  const [, url = ''] = await server.saw(/Serving 1 workflow.* at (http:[^ ]*)\. Ctrl-C/);
  const post = async (path: string, body: unknown = {}) => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as { id?: string; error?: { code: string } } };
  };
  expect(await post('/api/runs', { workflow: 'nobody.yaml' })).toMatchObject({
    status: 404,
    body: { error: { code: 'WORKFLOW_NOT_FOUND' } },
  });
  const started = await post('/api/runs', { workflow: 'deep/w.yaml' });
  const { id = '' } = started.body;
  expect(started.status).toBeLessThan(300);
  expect((await post('/api/runs', { workflow: 'deep/w.yaml' })).body).toMatchObject({ error: { code: 'RUN_BUSY' } });
  await fake.waitFor(({ asked }) => asked >= 2, { timeoutMs: 20_000 });
  expect((await post(`/api/runs/${id}/cancel`)).status).toBeLessThan(300);
  await runsThat(([run]) => run?.status === 'interrupted');
  expect((await post(`/api/runs/${id}/resume`)).body).toMatchObject({ id });
  await runsThat(([run]) => run?.status === 'done' && run.counts.failed === 1);
  failing.clear();
  expect((await post(`/api/runs/${id}/retry`)).body).toMatchObject({ id });
  await runsThat(([run]) => run?.status === 'done' && run.counts.ok === 8);
  const events = await (await fetch(`${url}/api/runs/${id}/events`)).text();
  expect(events.match(/^event: row-end$/gm)).toHaveLength(8);
  expect(events).toMatch(/event: run-end\n[\s\S]*"ok":8/);
});

describe('another server of the same journal', () => {
  test('is refused while the first lives, and takes over when it was killed', async () => {
    const { serve } = await serveScene({ 'w.yaml': asking('{ every: 1h }') });
    const first = serve();
    await first.saw(/Serving/);
    expect(await serve().ended).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/starts the schedules of this journal/),
    });
    first.child.kill('SIGKILL');
    await first.ended;
    await serve().saw(/Serving 1 workflow, 1 with a schedule/);
  });
});

test('a new, a changed and a broken workflow are noticed while it serves', async () => {
  const { serve, folder, call } = await serveScene({ 'a.yaml': asking('') });
  const server = serve();
  await server.saw(/Serving 1 workflow, 0 with a schedule/);
  await writeFile(join(folder, 'b.yaml'), asking('{ every: 1s }'));
  await server.saw(/"msg":"run ended"/);
  await writeFile(join(folder, 'b.yaml'), 'steps: { a: { generate: "${nobody}" } }\n');
  await server.saw(/"problem":"b.yaml:1:\d+: .*"/);
  expect(await call('schedule', 'list')).toMatchObject({ code: 0, stdout: 'No workflow here has a schedule.\n' });
});

test('files that come into a watched folder start a run, when they have settled; those before it do not', async () => {
  const { serve, folder, fake, runs, runsThat } = await serveScene({
    'inbox/old.jsonl': '{"text":"old"}\n',
    'w.yaml': [
      'model: m',
      'each: { from: inbox/*.jsonl }',
      'steps: { a: { generate: "${row.text}" } }',
      'save: { to: out.jsonl }',
      'schedule: { watch: { paths: [inbox], settle: 1s } }',
    ].join('\n'),
  });
  const server = serve();
  await server.saw(/Serving/);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(await runs()).toEqual([]);
  for (let line = 0; line < 4; line++) {
    await appendFile(join(folder, 'inbox', 'new.jsonl'), `{"text":"line ${line}"}\n`);
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  expect(await runsThat((found) => found.length > 0 && found.every(({ status }) => status === 'done'))).toMatchObject([
    { counts: { rows: 2, ok: 2 } },
  ]);
  expect(fake.requests.some(({ body }) => /line 3/.test(JSON.stringify(body)))).toBe(true);
  await rm(join(folder, 'inbox', 'new.jsonl'));
  server.child.kill('SIGTERM');
  await server.ended;
  // What comes while nobody looks starts a run when somebody does.
  await mkdir(join(folder, 'inbox', 'deep'));
  await writeFile(join(folder, 'inbox', 'newer.jsonl'), '{"text":"newer"}\n');
  serve();
  await runsThat((found) => found.length === 2 && found.every(({ status }) => status === 'done'));
});

test('a schedule pauses when its runs fail one after the other, and goes on when it is told to', async () => {
  const { serve, call } = await serveScene(
    { 'w.yaml': asking('{ every: 1h, pause_on_failure: 2, overlap: queue }') },
    { models: ['another'] },
  );
  const server = serve();
  await server.saw(/Serving/);
  await call('schedule', 'trigger', 'w.yaml');
  await call('schedule', 'trigger', 'w.yaml');
  await server.saw(/schedule paused/);
  const listed = await call('schedule', 'list', '--format', 'json');
  expect(listed.code).toBe(3);
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { workflow: 'w.yaml', when: 'every 1h', paused: { by: 'failures' }, failures: 2, last: { state: 'failed' } },
  ]);
  expect(await call('schedule', 'resume', 'w.yaml')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/due next at/),
  });
  const [again] = JSON.parse((await call('schedule', 'list', '--format', 'json')).stdout);
  expect(again).not.toHaveProperty('paused');
  expect(again).toMatchObject({ failures: 0 });
});

test('no more finished runs are kept than `keep` says', async () => {
  const { serve, runsThat } = await serveScene({ 'w.yaml': asking('{ every: 1s, keep: { ok: 2 }, overlap: queue }') });
  serve();
  const seen = new Set<string>();
  const runs = await runsThat((found) => {
    for (const { id } of found) seen.add(id);
    return seen.size >= 5 && found.length <= 3;
  });
  expect(runs.length).toBeLessThanOrEqual(3);
});

test('a run that is replaced is stopped, and the next one runs', async () => {
  const { serve, call, fake } = await serveScene(
    { 'w.yaml': asking('{ cron: "*/3 * * * * *", overlap: replace }') },
    { tokenMs: 100, answerTokens: 1000 },
  );
  serve();
  await fake.waitFor(({ aborted }) => aborted >= 2, { timeoutMs: 30_000 });
  const { stdout } = await call('runs', '--format', 'json');
  expect(
    JSON.parse(stdout).filter(({ status }: { status: string }) => status === 'interrupted').length,
  ).toBeGreaterThanOrEqual(1);
});

describe('without a server', () => {
  test('trigger runs here, backfill runs what is due, and nothing twice', async () => {
    const { call, runs } = await serveScene({ 'w.yaml': asking('{ cron: "0 2 * * *", zone: UTC }') });
    expect(await call('schedule', 'trigger', 'w.yaml')).toMatchObject({ code: 0 });
    const stretch = '2026-03-01..2026-03-03';
    expect(await call('schedule', 'backfill', 'w.yaml', stretch, '--dry-run')).toMatchObject({
      code: 0,
      stderr: '3 runs would be made.\n',
    });
    expect(await call('schedule', 'backfill', 'w.yaml', stretch)).toMatchObject({ code: 0 });
    expect(await call('schedule', 'backfill', 'w.yaml', '2026-03-02..2026-03-04')).toMatchObject({ code: 0 });
    const dues = duesOf(await runs()).map((due) => new Date(due).toISOString());
    expect(dues.slice(0, 4)).toEqual(['01', '02', '03', '04'].map((day) => `2026-03-${day}T02:00:00.000Z`));
    expect(dues).toHaveLength(5);
  });

  test('list, next, pause and resume tell what they did, and wrong words are refused', async () => {
    const { call } = await serveScene({
      'w.yaml': asking('{ cron: "0 2 * * *", zone: Europe/Berlin }'),
      'n.yaml': asking(''),
    });
    expect((await call('schedule', 'list')).stdout).toMatch(/w\.yaml +0 2 \* \* \* Europe\/Berlin +in \d+ \w+ +- +ok/);
    const next = JSON.parse((await call('schedule', 'next', '--count', '3', '--format', 'json')).stdout);
    expect(next).toHaveLength(3);
    expect((await call('schedule', 'pause', 'w.yaml')).code).toBe(0);
    expect((await call('schedule', 'list')).stdout).toMatch(/- +- +paused/);
    expect((await call('schedule', 'resume', 'w.yaml')).code).toBe(0);
    expect(await call('schedule', 'trigger', 'n.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/has no `schedule:`/),
    });
    expect(await call('schedule', 'paus', 'w.yaml')).toMatchObject({ code: 2, stderr: expect.stringMatching(/pause/) });
    expect(await call('schedule', 'backfill', 'w.yaml', 'yesterday')).toMatchObject({ code: 2 });
  });
});

test('a server that was suspended goes on with what is due, and makes up for what was missed as the schedule says', async () => {
  // Longer than what counts as on time.
  const suspendedMs = process.env.MILLRACE_LONG === '1' ? 60_000 : 9_000;
  const { serve, runs, runsThat } = await serveScene({
    'all.yaml': asking('{ every: 2s, overlap: queue, missed: { run: all } }'),
    'none.yaml': asking('{ every: 2s, overlap: queue }'),
  });
  const server = serve();
  await server.saw(/run ended[\s\S]*run ended/);
  server.child.kill('SIGSTOP');
  const stoppedAt = Date.now();
  await new Promise((resolve) => setTimeout(resolve, suspendedMs));
  server.child.kill('SIGCONT');
  const contAt = Date.now();
  const dues = (found: readonly ListedRun[], name: string): readonly number[] =>
    duesOf(found.filter(({ workflow }) => workflow === name));
  await runsThat((found) => ['all', 'none'].every((name) => (dues(found, name).at(-1) ?? 0) > contAt));
  const found = await runs();
  const all = dues(found, 'all');
  expect(all).toEqual(all.map((_, index) => (all[0] ?? 0) + 2_000 * index));
  const missed = dues(found, 'none').filter((due) => due > stoppedAt && due < contAt - 5_500);
  expect(missed).toEqual([]);
}, 200_000);

test('a second signal ends runs at once, and loses nothing', async () => {
  const { serve, fake, call, folder, runsThat } = await serveScene(
    { 'w.yaml': asking('{ cron: "0 0 1 1 *" }') },
    { tokenMs: 1000, answerTokens: 60 },
  );
  const server = serve();
  await server.saw(/Serving/);
  await call('schedule', 'trigger', 'w.yaml');
  await fake.waitFor(({ requests }) => requests.some(isQuestion), { timeoutMs: 20_000 });
  const [child] = await processesLike(new RegExp(`run ${folder}`));
  process.kill(child ?? 0, 'SIGSTOP'); // it does not hear the first one
  afterTest(() => gone(child ?? 0));
  server.child.kill('SIGTERM');
  await server.saw(/Stopping/);
  await new Promise((resolve) => setTimeout(resolve, 500));
  server.child.kill('SIGTERM');
  await server.ended;
  expect(await gone(child ?? 0)).toBe(true);
  await runsThat(([run]) => run?.status === 'interrupted');
});
