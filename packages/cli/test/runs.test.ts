import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type FakeOllama, type FakeOllamaOptions, startFakeOllama } from '@millrace/testing';
import { afterTest, type Finished, folderWith, millrace, type Running, start, withoutWriting } from './scene.ts';

const flow = `model: m
each: { from: r.csv, key: "\${row.id}" }
steps:
  a: { generate: "say \${row.text}", retry: { invalid: 0, busy: 1 } }
save: { to: out.jsonl, fields: { a: "\${a}", n: "\${a.size()}" } }
limits: { parallel: 1 }
`;

const rowsOf = (count: number): string => Array.from({ length: count }, (_, id) => `${id},text ${id}\n`).join('');

/** Prompts that fail, until they are taken out. */
type Failing = Map<string, 'bad' | 'busy'>;

async function place(rows = 4, options: FakeOllamaOptions = {}) {
  const failing: Failing = new Map();
  const fake = await startFakeOllama({
    models: ['m'],
    slots: 4,
    answer: ({ lastText }) => `<${lastText}>`,
    faults: ({ body }) => {
      const fault = failing.get((body as { prompt?: string } | undefined)?.prompt ?? '');
      if (fault === undefined) return undefined;
      return fault === 'bad'
        ? { kind: 'status', status: 400, body: { error: 'no \u001b[31m way' } }
        : { kind: 'status', status: 503, body: { error: 'server busy, please try again' } };
    },
    ...options,
  });
  afterTest(() => fake.close());
  const cwd = await folderWith({ 'w.yaml': flow, 'r.csv': `id,text\n${rowsOf(rows)}` });
  const env = { OLLAMA_HOST: fake.url };
  return {
    cwd,
    fake,
    failing,
    path: (name: string): string => join(cwd, name),
    call: (...args: string[]): Promise<Finished> => millrace(args, { cwd, env }),
    start: (...args: string[]): Running => start(args, { cwd, env }),
    json: async (...args: string[]) => JSON.parse((await millrace([...args, '--format', 'json'], { cwd, env })).stdout),
  };
}

const asked = (fake: FakeOllama): string[] =>
  fake.requests.flatMap(({ body }) => (body as { prompt?: string } | undefined)?.prompt ?? []);

const idIn = (text: string): string => /\d{8}-\d{4}-[0-9a-f]{6}/.exec(text)?.[0] ?? 'no id';

const linesOf = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('where nothing was run', () => {
  test('reading says so, and makes nothing', async () => {
    const cwd = await folderWith({});
    expect(await millrace(['runs'], { cwd })).toMatchObject({ code: 0, stdout: 'There are no runs here yet.\n' });
    expect(await millrace(['runs', '--format', 'json'], { cwd })).toMatchObject({ code: 0, stdout: '[]\n' });
    expect(await millrace(['runs', 'prune'], { cwd })).toMatchObject({
      code: 0,
      stdout: 'There are no runs here yet.\n',
    });
    for (const command of ['show', 'export', 'resume', 'retry']) {
      expect(await millrace(['runs', command, 'last'], { cwd })).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/error\[RUN_NOT_FOUND\]: There are no runs here yet\./),
      });
    }
    expect(await readdir(cwd)).toEqual([]);
  });
});

describe('millrace runs', () => {
  test('lists the newest first, for people and for programs', async () => {
    const { call, json, failing, cwd } = await place();
    failing.set('say text 2', 'bad');
    const ids = [
      await call('run', 'w.yaml'),
      await call('run', 'w.yaml', '--input', 'x=1'),
      await call('run', 'w.yaml', '--new'),
    ].map(({ stderr }) => idIn(stderr));
    const { code, stdout } = await call('runs');
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, -1)).toEqual([
      expect.stringMatching(/^RUN +WORKFLOW +STATUS +OK +FAILED +BEGUN +TOOK$/),
      expect.stringMatching(new RegExp(`^${ids[2]} +w +done +3 +1 .*(ago|now) +[\\d.]+ s$`)),
      expect.stringMatching(new RegExp(`^${ids[0]} +w +done +3 +1 `)),
    ]);
    const listed = await json('runs');
    expect(listed).toMatchObject([
      { id: ids[2], workflow: 'w', file: join(cwd, 'w.yaml'), status: 'done', counts: { rows: 4, ok: 3, failed: 1 } },
      { id: ids[0] },
    ]);
    expect(Date.parse(listed[0].ended_at)).toBeGreaterThanOrEqual(Date.parse(listed[0].started_at));
    expect(await json('runs', '--limit', '1')).toHaveLength(1);
    expect((await call('runs', '--limit', '1')).stderr).toMatch(/more/);
  });

  test('--workflow takes a name or a file', async () => {
    const { call, json, path } = await place(1);
    await writeFile(
      path('other.yaml'),
      flow.replace('out.jsonl', 'other.jsonl').replace('model', 'name: second\nmodel'),
    );
    await call('run', 'w.yaml');
    await call('run', 'other.yaml');
    const names = async (word: string) =>
      (await json('runs', '--workflow', word)).map(({ workflow }: { workflow: string }) => workflow);
    expect([await names('w'), await names('other.yaml'), await names('second'), await names('third')]).toEqual([
      ['w'],
      ['second'],
      ['second'],
      [],
    ]);
    expect((await call('runs', '--workflow', 'third')).stdout).toBe('There are no runs of third here yet.\n');
  });

  test('a run in work is running, with what it has so far', async () => {
    const { start: begin, json } = await place(20, { tokenMs: 15 });
    const running = begin('run', 'w.yaml', '--json');
    await running.saw(/"type":"row-end".*"key":"2"/);
    const [run] = await json('runs');
    expect(run).toMatchObject({ status: 'running', counts: { failed: 0 } });
    expect(run.counts.ok).toBeGreaterThanOrEqual(3);
    expect(run).not.toHaveProperty('ended_at');
    const shown = await json('runs', 'show', 'last');
    expect(shown.owner.pid).toBe(running.child.pid);
    running.child.kill('SIGINT');
    await running.ended;
    expect((await json('runs'))[0].status).toBe('interrupted');
  });

  test('a word that is no command is refused, with the one that was meant', async () => {
    const { call } = await place(1);
    for (const words of [['shwo'], ['shwo', 'last']]) {
      expect(await call('runs', ...words)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/error\[USAGE_INVALID\]: .*`shwo`[\s\S]*Did you mean `show`\?/),
      });
    }
    const { stderr } = await call('runs', '9f3a1c');
    expect(stderr).toMatch(
      /`show`, `export`, `resume`, `retry`, `prune`\. A run is shown by `millrace runs show ID`\./,
    );
  });
});

test('a journal is read where nothing may be written', async () => {
  const { call, cwd, path } = await place(2);
  const id = idIn((await call('run', 'w.yaml', '--journal', 'j')).stderr);
  await chmod(cwd, 0o755);
  for (const name of await readdir(path('j'))) await chmod(path(`j/${name}`), 0o444);
  const { code, stdout, stderr } = await withoutWriting(path('j'), () => call('runs', 'export', id, '--journal', 'j'));
  expect([code, stderr, stdout]).toEqual([0, '', expect.stringMatching(/^\{"key":"0".*\n\{"key":"1".*\n$/)]);
});

describe('millrace runs show', () => {
  test('tells what a run was, with the causes of its failures, its files and its models', async () => {
    const { call, json, failing } = await place(5);
    failing.set('say text 1', 'bad').set('say text 3', 'bad');
    const id = idIn((await call('run', 'w.yaml', '--first', '4')).stderr);
    const { code, stdout } = await call('runs', 'show', 'last');
    expect(code).toBe(0);
    expect(stdout).toMatch(`run ${id} of w: done\n`);
    expect(stdout).toMatch(/rows +4: 2 ok, 2 failed\n/);
    expect(stdout).toMatch(/first +4\n/);
    expect(stdout).toMatch(/writes +out\.jsonl \(\d+ bytes\)\n/);
    expect(stdout).toMatch(/2 × BAD_REQUEST: .*no \\x1b\[31m way.* \(1, 3\)\n/);
    expect(stdout).toContain(`\`millrace runs retry ${id}\``);
    expect(await json('runs', 'show', id)).toMatchObject({
      id,
      status: 'done',
      invocation: { first: 4, inputs: {} },
      models: { m: expect.stringMatching(/^[0-9a-f]{64}$/) },
      causes: [{ code: 'BAD_REQUEST', count: 2, keys: ['1', '3'] }],
      files: [{ path: expect.stringMatching(/out\.jsonl$/), finished: true }],
    });
  });

  test('tells the tokens of answers that were there already apart, as the summary does', async () => {
    const { call, json, path } = await place(2);
    const first = (await call('run', 'w.yaml')).stdout;
    expect(first).not.toContain('reused tokens');
    expect((await call('runs', 'show', 'last')).stdout).not.toContain('reused tokens');
    const [, spent] = /tokens +(\d+ in, \d+ out) /.exec(first) as RegExpExecArray;
    await writeFile(path('w.yaml'), flow.replace('${a.size()}', '${a}!'));
    await writeFile(path('r.csv'), `id,text\n${rowsOf(3)}`);
    expect((await call('run', 'w.yaml')).stdout).toMatch(new RegExp(`^  reused tokens +${spent}$`, 'm'));
    expect((await call('runs', 'show', 'last')).stdout).toMatch(new RegExp(`^  reused tokens +${spent}$`, 'm'));
    const { tokens, reusedTokens } = await json('runs', 'show', 'last');
    expect([reusedTokens.outputTokens, reusedTokens.promptTokens]).toEqual([
      2 * tokens.outputTokens,
      2 * tokens.promptTokens,
    ]);
  });

  test('a journal that cannot be made names `--journal`', async () => {
    const { call } = await place(1);
    const { code, stderr } = await call('run', 'w.yaml', '--journal', 'r.csv');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/error\[JOURNAL_UNUSABLE\][\s\S]*hint: .*`--journal`/)]);
  });

  test('an id may be its beginning, its last part, or `last`; near ones are named', async () => {
    const { call } = await place(1);
    const id = idIn((await call('run', 'w.yaml')).stderr);
    for (const word of [id, id.slice(0, 9), id.slice(-6), 'last'])
      expect((await call('runs', 'show', word)).stdout).toMatch(`run ${id} of w`);
    const wrong = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
    expect(await call('runs', 'show', wrong)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(new RegExp(`error\\[RUN_NOT_FOUND\\][\\s\\S]*Did you mean \`${id}\``)),
    });
    await call('run', 'w.yaml', '--new');
    expect((await call('runs', 'show', id.slice(0, 8))).stderr).toMatch(/may mean 2 runs: /);
  });

  test('--row shows what was sent and answered, step by step, and cannot steer the terminal', async () => {
    const { call, json, failing, fake } = await place(3, {
      models: [{ name: 'm', capabilities: ['completion', 'thinking'] }],
      answer: ({ lastText }) => ({ text: `<${lastText}\u001b[2J>`, thinking: 'so\u0007 hard' }),
    });
    failing.set('say text 2', 'busy');
    await call('run', 'w.yaml');
    const { stdout } = await call('runs', 'show', 'last', '--row', '1');
    expect(stdout).toMatch(/^row 1 \(line 3\): ok\n/);
    expect(stdout).toMatch(/step a, attempt 1, http:.*: \d+ tokens in, \d+ out/);
    expect(stdout).toMatch(/ {2}sent as user\n {4}say text 1\n/);
    expect(stdout).toContain('  thinking\n    so\\x07 hard\n');
    expect(stdout).toContain('  answer\n    <say text 1\\x1b[2J>\n');
    expect(await json('runs', 'show', 'last', '--row', '1')).toMatchObject({
      key: '1',
      status: 'ok',
      result: { a: '<say text 1\u001b[2J>' },
      answers: [
        {
          step: 'a',
          attempt: 1,
          host: fake.url,
          sent: [{ role: 'user', content: 'say text 1' }],
          thinking: 'so\u0007 hard',
          usage: { outputTokens: expect.any(Number) },
        },
      ],
      failures: [],
    });
    const failed = await json('runs', 'show', 'last', '--row', '2');
    expect(failed).toMatchObject({ status: 'failed', answers: [], error: { code: 'STEP_FAILED' } });
    expect(failed.failures[0]).toMatchObject({ step: 'a', attempt: 1, error: { code: 'OLLAMA_BUSY' } });
    expect((await call('runs', 'show', 'last', '--row', '11')).stderr).toMatch(/has no row with the key `11`/);
  });
});

describe('millrace runs export', () => {
  test('writes the results as they were saved, in the order of the input', async () => {
    const { call, path, failing } = await place(1200);
    failing.set('say text 7', 'bad');
    await call('run', 'w.yaml', '--parallel', '4', '--quiet');
    const saved = await readFile(path('out.jsonl'), 'utf8');
    expect(await call('runs', 'export', 'last')).toMatchObject({ code: 0, stdout: saved, stderr: '' });
    expect(linesOf((await call('runs', 'export', 'last', '--errors')).stdout)).toMatchObject([
      { key: '7', row: { id: '7', text: 'text 7' }, error: { code: 'STEP_FAILED' } },
    ]);
    expect(await call('runs', 'export', 'last', '--to', 'x.csv')).toMatchObject({ code: 0, stdout: '' });
    const csv = (await readFile(path('x.csv'), 'utf8')).trimEnd().split('\n');
    expect([csv.length, csv.slice(0, 2)]).toEqual([1200, ['key,a,n', '0,<say text 0>,12']]);
  });

  test('of an unfinished run it writes what there is', async () => {
    const { start: begin, call } = await place(20, { tokenMs: 15 });
    const running = begin('run', 'w.yaml', '--json');
    await running.saw(/"type":"row-end".*"key":"2"/);
    running.child.kill('SIGKILL');
    await running.ended;
    const lines = linesOf((await call('runs', 'export', 'last')).stdout) as { key: string }[];
    expect(lines.slice(0, 3).map(({ key }) => key)).toEqual(['0', '1', '2']);
    expect(lines.length).toBeLessThan(20);
  });

  test('replaces no file of the user, and knows its formats', async () => {
    const { call, path } = await place(1);
    await call('run', 'w.yaml');
    await writeFile(path('mine.csv'), 'my,own\n');
    expect((await call('runs', 'export', 'last', '--to', 'mine.csv')).stderr).toMatch(/SAVE_FAILED/);
    expect(await readFile(path('mine.csv'), 'utf8')).toBe('my,own\n');
    expect(await call('runs', 'export', 'last', '--to', 'x.doc')).toMatchObject({ code: 2 });
    expect(await call('runs', 'export', 'last', '--to', 'x.doc', '--format', 'csv')).toMatchObject({ code: 0 });
    expect(await readFile(path('x.doc'), 'utf8')).toBe('key,a,n\n0,<say text 0>,12\n');
  });
});

describe('millrace runs retry', () => {
  test('runs the failed rows again, and nothing else', async () => {
    const { call, failing, fake, path, cwd } = await place(5);
    failing.set('say text 1', 'bad').set('say text 3', 'busy');
    const first = await call('run', 'w.yaml');
    expect(first.code).toBe(3);
    failing.clear();
    const before = asked(fake).length;
    // From anywhere: what the run was asked for with is in the journal.
    const elsewhere = join(cwd, '.millrace');
    const { code, stderr } = await millrace(['runs', 'retry', 'last', '--journal', elsewhere], {
      cwd: await folderWith({}),
      env: { OLLAMA_HOST: fake.url },
    });
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/Goes on with run .*: only rows that failed are run again/),
    ]);
    expect(asked(fake).slice(before).sort()).toEqual(['say text 1', 'say text 3']);
    expect(linesOf(await readFile(path('out.jsonl'), 'utf8'))).toMatchObject(
      [0, 1, 2, 3, 4].map((id) => ({ key: `${id}` })),
    );
    expect(await call('runs', 'retry', idIn(first.stderr))).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Nothing to retry: no row of run .* failed\.\n$/),
    });
  });

  test('--cause takes those of one cause, and names the others', async () => {
    const { call, failing, fake } = await place(5);
    failing.set('say text 1', 'bad').set('say text 3', 'busy');
    await call('run', 'w.yaml');
    failing.clear();
    const before = asked(fake).length;
    expect(await call('runs', 'retry', 'last', '--cause', 'idle')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /^Nothing to retry: no row of run .* failed for idle\. The causes are .*busy \(1\)/,
      ),
    });
    const { code } = await call('runs', 'retry', 'last', '--cause', 'busy');
    expect([code, asked(fake).slice(before)]).toEqual([3, ['say text 3']]);
    expect((await call('runs', 'retry', 'last')).code).toBe(0);
    expect(asked(fake).slice(before)).toEqual(['say text 3', 'say text 1']);
  });

  test('builds the run again with its flags', async () => {
    const { call, failing, fake, path, json } = await place(6);
    await writeFile(path('s.csv'), `id,text\n${rowsOf(6)}`);
    failing.set('say text 2', 'bad');
    const flags = ['--from', 's.csv', '--to', 's.jsonl', '--range', '2-4', '--host', fake.url];
    const id = idIn((await call('run', 'w.yaml', ...flags)).stderr);
    failing.clear();
    expect(await call('runs', 'retry', id)).toMatchObject({ code: 0 });
    expect(linesOf(await readFile(path('s.jsonl'), 'utf8'))).toMatchObject([{ key: '1' }, { key: '2' }, { key: '3' }]);
    expect(await json('runs')).toMatchObject([{ id, counts: { rows: 3, ok: 3, failed: 0 } }]);
    expect(await call('run', 'w.yaml', ...flags)).toMatchObject({ stderr: expect.stringMatching(/^Nothing to do/) });
  });

  test('a run that was begun afresh since is not run again', async () => {
    const { call, failing } = await place(2);
    failing.set('say text 1', 'bad');
    const id = idIn((await call('run', 'w.yaml')).stderr);
    await call('run', 'w.yaml', '--new');
    expect(await call('runs', 'retry', id)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/was begun afresh since/),
    });
  });

  test('rows that came from stdin are not there any more, which it says', async () => {
    const { cwd, fake, failing } = await place(0);
    failing.set('say x', 'bad');
    const args = ['run', 'w.yaml', '--from', '-', '--host', fake.url];
    expect((await millrace(args, { cwd, stdin: '{"id":"1","text":"x"}\n' })).code).toBe(3);
    expect(await millrace(['runs', 'retry', 'last'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/came from stdin/),
    });
  });
});

describe('millrace runs resume', () => {
  test('goes on with what it was asked for with, from anywhere', async () => {
    const { call, cwd, fake, failing, path } = await place(6);
    for (const id of [0, 1, 2, 3, 4, 5]) failing.set(`say text ${id}`, 'bad');
    const first = await call('run', 'w.yaml', '--to', 'other.jsonl', '--range', '2-5');
    expect(first.code).not.toBe(0);
    failing.clear();
    const again = await millrace(['runs', 'resume', idIn(first.stderr), '--journal', join(cwd, '.millrace')], {
      cwd: await folderWith({}),
      env: { OLLAMA_HOST: fake.url },
    });
    expect(again.stderr).toMatch(/^(Goes on with run|Nothing to do)/m);
    await call('runs', 'retry', 'last');
    expect(linesOf(await readFile(path('other.jsonl'), 'utf8'))).toMatchObject(
      [1, 2, 3, 4].map((id) => ({ key: `${id}` })),
    );
  });
});

describe('millrace run --due', () => {
  test('is a run of its own for each time, which goes on where it stopped', async () => {
    const { call, json, fake } = await place(2);
    expect((await call('run', 'w.yaml', '--due', '2027-01-31T02:00Z')).code).toBe(0);
    const before = asked(fake).length;
    expect(await call('run', 'w.yaml', '--due', '2027-01-31T02:00:00Z')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Nothing to do/),
    });
    expect(asked(fake)).toHaveLength(before);
    expect((await call('run', 'w.yaml', '--due', '2027-02-01T03:00+01:00')).code).toBe(0);
    expect(asked(fake)).toHaveLength(2 * before);
    expect(await json('runs')).toMatchObject([
      { due: '2027-02-01T02:00:00.000Z' },
      { due: '2027-01-31T02:00:00.000Z' },
    ]);
    expect(await call('run', 'w.yaml', '--due', 'tomorrow')).toMatchObject({ code: 2 });
  });
});

describe('millrace runs prune', () => {
  test('deletes all but the newest runs of each workflow, and gives the space back', async () => {
    const { call, json, path } = await place(300);
    const ids = [];
    for (let time = 0; time < 3; time += 1) ids.push(idIn((await call('run', 'w.yaml', '--new')).stderr));
    const size = async () => (await stat(path('.millrace/journal.db'))).size;
    expect(await call('runs', 'prune')).toMatchObject({ code: 0, stdout: 'There is nothing to delete.\n' });
    const dry = await call('runs', 'prune', '--keep', '1', '--dry-run');
    expect(dry.stdout).toMatch(
      new RegExp(
        `^ {2}${ids[1]} +w +done .*\\n {2}${ids[0]} +w +done .*\\nWould delete 2 runs with 600 rows, about [\\d.]+ kB\\.\\n$`,
      ),
    );
    expect(await json('runs')).toHaveLength(3);
    await call('runs', 'prune', '--keep', '1', '--dry-run');
    const { code, stdout } = await call('runs', 'prune', '--keep', '1');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/Deleted 2 runs with 600 rows; the journal is [\d.]+ kB smaller\.\n$/),
    ]);
    expect((await json('runs')).map(({ id }: { id: string }) => id)).toEqual([ids[2]]);
    expect(await size()).toBeLessThan(400_000);
    // The one that stayed is whole, and what was saved stays.
    expect(linesOf((await call('runs', 'export', 'last')).stdout)).toHaveLength(300);
    expect((await call('run', 'w.yaml')).stderr).toMatch(/^Nothing to do/);
    expect((await call('runs', 'prune', '--older-than', '0s', '--all')).stdout).toMatch(/Deleted 1 run with 300 rows/);
    expect(await json('runs')).toEqual([]);
    expect(linesOf(await readFile(path('out.jsonl'), 'utf8'))).toHaveLength(300);
  });

  test('harms no run that is in work, and takes no unfinished one without --all', async () => {
    const { call, start: begin, json, path } = await place(300);
    await call('run', 'w.yaml');
    await call('run', 'w.yaml', '--new');
    await writeFile(path('slow.yaml'), `${flow.replace('out.jsonl', 'slow.jsonl')}`.replace('say', 'slowly'));
    const running = begin('run', 'slow.yaml', '--json', '--parallel', '1');
    await running.saw(/"type":"row-end".*"key":"20"/);
    const { stdout } = await call('runs', 'prune', '--keep', '1', '--all');
    expect(stdout).toMatch(/Deleted 1 run with 300 rows/);
    const { code, stdout: events } = await running.ended;
    expect([code, JSON.parse(events.trimEnd().split('\n').at(-1) ?? '').counts.ok]).toEqual([0, 300]);
    expect(await json('runs')).toMatchObject([{ workflow: 'slow', status: 'done' }, { workflow: 'w' }]);
    expect(linesOf(await readFile(path('slow.jsonl'), 'utf8'))).toHaveLength(300);
  });

  test.each([
    ['--older-than', 'a month'],
    ['--older-than', '30'],
    ['--keep', '-1'],
  ])('%s %s is refused', async (...flags) => {
    const { call } = await place(1);
    expect(await call('runs', 'prune', ...flags)).toMatchObject({ code: 2, stdout: '' });
  });
});

test('help is there for each command, with examples', async () => {
  for (const args of [
    ['runs'],
    ['runs', 'show'],
    ['runs', 'export'],
    ['runs', 'resume'],
    ['runs', 'retry'],
    ['runs', 'prune'],
  ]) {
    const { code, stdout } = await millrace([...args, '--help']);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^Usage: millrace ${args.join(' ')}[\\s\\S]*Examples:\n`)),
    ]);
  }
});
