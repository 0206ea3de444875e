import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type FakeOllama, type FakeOllamaOptions, startFakeOllama } from '@millrace/testing';
import { afterTest, type Finished, folderWith, millrace, type Running, start, withoutWriting } from './scene.ts';

const rowsOf = (count: number): string => Array.from({ length: count }, (_, id) => `${id},text ${id}\n`).join('');

const flow = (prompt = 'again ${a}'): string => `model: m
each: { from: r.csv, key: "\${row.id}" }
steps:
  a: { generate: "first \${row.text}" }
  b: { generate: "${prompt}" }
save: { to: out.jsonl, fields: { a: "\${a}", b: "\${b}" } }
limits: { parallel: 1 }
`;

const idPattern = '\\d{8}-\\d{4}-[0-9a-f]{6}';

/** A workflow over rows in a folder with a server of its own, called as a user does. */
async function place(rows = 12, options: FakeOllamaOptions = {}, files: Readonly<Record<string, string>> = {}) {
  const fake = await startFakeOllama({
    models: ['m'],
    slots: 4,
    answer: ({ lastText }) => `<${lastText}>`,
    ...options,
  });
  afterTest(() => fake.close());
  const cwd = await folderWith({ 'w.yaml': flow(), 'r.csv': `id,text\n${rowsOf(rows)}`, ...files });
  const env = { OLLAMA_HOST: fake.url };
  return {
    cwd,
    fake,
    path: (name: string): string => join(cwd, name),
    text: (name: string): Promise<string> => readFile(join(cwd, name), 'utf8'),
    run: (...flags: string[]): Promise<Finished> => millrace(['run', 'w.yaml', ...flags], { cwd, env }),
    start: (...flags: string[]): Running => start(['run', 'w.yaml', ...flags], { cwd, env }),
    call: (...args: string[]): Promise<Finished> => millrace(args, { cwd, env }),
  };
}

/** Prompts that were asked. */
const asked = (fake: FakeOllama): string[] =>
  fake.requests.flatMap(({ body }) => (body as { prompt?: string } | undefined)?.prompt ?? []);

const sorted = (words: readonly string[]): readonly string[] => [...words].sort();

const keysIn = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).key);

const idIn = (text: string): string => new RegExp(idPattern).exec(text)?.[0] ?? 'no id';

describe('a run that stopped goes on with the same command', () => {
  test('after Ctrl-C: it says so, asks nothing twice and saves what an unbroken run saves', async () => {
    const whole = await place();
    expect((await whole.run()).code).toBe(0);
    const { fake, start: begin, run, text } = await place(12, { tokenMs: 20 });
    const running = begin('--json');
    await running.saw(/"type":"row-end".*"key":"3"/);
    running.child.kill('SIGINT');
    const first = await running.ended;
    expect(first.code).toBe(130);
    const before = JSON.parse(first.stdout.trimEnd().split('\n').at(-1) ?? '').counts.rows;
    expect(before).toBeGreaterThanOrEqual(4);

    const { code, stdout, stderr } = await run();
    const id = idIn(first.stdout);
    expect(code).toBe(0);
    expect(stderr).toMatch(`Goes on with run ${id}, begun `);
    expect(stdout).toMatch(new RegExp(`rows +12, ${before} of them from an earlier time`));
    expect(await text('out.jsonl')).toBe(await whole.text('out.jsonl'));
    // The call that was cut off is made again, and no other.
    const twice = asked(fake).filter((prompt, at, all) => all.indexOf(prompt) !== at);
    expect(twice.length).toBeLessThanOrEqual(1);
    expect(new Set(asked(fake))).toEqual(new Set(asked(whole.fake)));
  });

  test('an interrupted run says how to go on', async () => {
    const { start: begin } = await place(12, { tokenMs: 20 });
    const running = begin();
    await running.saw(new RegExp(`^Run ${idPattern}$`, 'm'));
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([130, expect.stringMatching(/^Run the same command again to go on\.$/m)]);
  });

  test('after SIGKILL', async () => {
    const whole = await place();
    await whole.run();
    const { fake, start: begin, run, text, call } = await place(12, { tokenMs: 20 });
    const running = begin('--json');
    await running.saw(/"type":"row-end".*"key":"4"/);
    running.child.kill('SIGKILL');
    const { stdout } = await running.ended;
    expect((await call('runs')).stdout).toMatch(new RegExp(`${idIn(stdout)} +w +interrupted +[5-9] +0 `));
    const again = await run();
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining(`Goes on with run ${idIn(stdout)}`)]);
    expect(await text('out.jsonl')).toBe(await whole.text('out.jsonl'));
    expect(asked(fake).length).toBeLessThanOrEqual(24 + 2);
  });

  test('after an edit of one prompt only that step is asked again', async () => {
    const { fake, run, path, text } = await place(3);
    await run();
    const before = asked(fake).length;
    await writeFile(path('w.yaml'), flow('shorter ${a}'));
    const { code, stderr } = await run();
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /Goes on with run .*\nThe workflow, its rows or its targets have changed since: answers to unchanged questions are kept\.\n/,
    );
    expect(sorted(asked(fake).slice(before))).toEqual([0, 1, 2].map((id) => `shorter <first text ${id}>`));
    expect(await text('out.jsonl')).toContain('<shorter <first text 2>>');
  });

  test('after a change of the rows only new and changed ones are asked', async () => {
    const { fake, run, path, text } = await place(3);
    await run();
    const before = asked(fake).length;
    await writeFile(path('r.csv'), 'id,text\n2,text 2\n0,other\n7,text 7\n');
    const { code, stdout } = await run();
    expect([code, stdout]).toEqual([0, expect.stringMatching(/rows +3, 1 of them from an earlier time/)]);
    expect(
      sorted(
        asked(fake)
          .slice(before)
          .filter((prompt) => prompt.startsWith('first')),
      ),
    ).toEqual(['first other', 'first text 7']);
    const keys = (await text('out.jsonl'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).key);
    expect(keys).toEqual(['2', '0', '7']);
  });

  test('--new begins afresh, and replaces what was saved', async () => {
    const { fake, run, text } = await place(3);
    const first = await run();
    const { code, stderr } = await run('--new');
    expect(code).toBe(0);
    expect(stderr).toMatch(new RegExp(`^Run ${idPattern}$`, 'm'));
    expect(idIn(stderr)).not.toBe(idIn(first.stderr));
    expect(asked(fake)).toHaveLength(12);
    expect((await text('out.jsonl')).trimEnd().split('\n')).toHaveLength(3);
  });

  test('rows from stdin are read once, and the next stream is another run', async () => {
    const { fake, cwd } = await place(0);
    const lines = (...ids: readonly number[]) => ids.map((id) => `{"id":"${id}","text":"t${id}"}\n`).join('');
    const args = ['run', 'w.yaml', '--from', '-', '--to', '-', '--host', fake.url];
    const first = await millrace(args, { cwd, stdin: lines(1, 2) });
    expect(first.code).toBe(0);
    expect(keysIn(first.stdout)).toEqual(['1', '2']);
    const second = await millrace(args, { cwd, stdin: lines(2, 3) });
    expect([second.code, keysIn(second.stdout)]).toEqual([0, ['2', '3']]);
    expect(idIn(second.stderr)).not.toBe(idIn(first.stderr));
  });

  test('a stream that was not read to its end goes on by its keys', async () => {
    const { fake, cwd } = await place(0, { tokenMs: 20 });
    const stdin = Array.from({ length: 12 }, (_, id) => `{"id":"${id}","text":"text ${id}"}\n`).join('');
    const args = ['run', 'w.yaml', '--from', '-', '--host', fake.url];
    const running = start([...args, '--json'], { cwd, stdin });
    await running.saw(/"type":"row-end".*"key":"3"/);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    const { code, stdout, stderr } = await millrace(args, { cwd, stdin });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/rows +12, \d+ of them from an earlier time/)]);
    expect(stderr).toMatch(/Goes on with run/);
    expect(asked(fake).length).toBeLessThanOrEqual(24 + 2);
  });
});

describe('a finished run has nothing to do', () => {
  test('it says so at once, without a host, and keeps its exit code', async () => {
    const { fake, run, call } = await place(4, {
      faults: ({ body }) =>
        (body as { prompt?: string })?.prompt === 'first text 1'
          ? { kind: 'status', status: 400, body: { error: 'no' } }
          : undefined,
    });
    const first = await run();
    expect(first.code).toBe(3);
    const id = idIn(first.stderr);
    await fake.close();
    const { code, stdout, stderr } = await run();
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(
      new RegExp(
        `^Nothing to do: run ${id} finished .* with 4 rows \\(1 failed\\)\\. \`millrace runs retry ${id}\` runs the failed ones again; \`--new\` starts afresh\\.\\n$`,
      ),
    );
    expect(await run('--quiet')).toMatchObject({ code: 3, stdout: '', stderr: '' });
    const events = (await run('--json')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toMatchObject([
      { type: 'run-start', id, found: 'finished', hosts: [] },
      { type: 'run-end', status: 'done', unchanged: true, counts: { rows: 4, ok: 3, failed: 1 } },
    ]);
    // Its end is still the one that it had.
    const [listed] = JSON.parse((await call('runs', '--format', 'json')).stdout);
    expect(Date.parse(listed.ended_at)).toBeLessThanOrEqual(events[1].at);
  });

  test('a host that answers at once tells that the model is another one now', async () => {
    const { run, cwd, fake } = await place(2);
    await run();
    const other = await startFakeOllama({ models: [{ name: 'm', digest: 'f'.repeat(64) }] });
    afterTest(() => other.close());
    const { code, stderr } = await millrace(['run', 'w.yaml', '--host', other.url], { cwd });
    expect([code, stderr]).toEqual([0, expect.stringMatching(/m is another version than the last time/)]);
    expect([asked(fake).length, asked(other).length]).toEqual([4, 4]);
  });

  test('results that are gone are written again, with nothing asked', async () => {
    const { fake, run, path, text } = await place(3);
    await run();
    const saved = await text('out.jsonl');
    await rm(path('out.jsonl'));
    await fake.close();
    const { code, stderr } = await run();
    expect([code, stderr]).toEqual([0, expect.stringMatching(/it was finished, and what it gave is written again/)]);
    expect([await text('out.jsonl'), asked(fake).length]).toEqual([saved, 6]);
  });

  test('results that go to stdout are printed again, without a host', async () => {
    const { fake, run } = await place(3);
    const { stdout } = await run('--to', '-');
    await fake.close();
    expect(keysIn(stdout)).toEqual(['0', '1', '2']);
    expect(await run('--to', '-')).toMatchObject({ code: 0, stdout });
  });

  test('without rows it prints its answer again, and the note on stderr', async () => {
    const { fake, cwd } = await place(0, {}, { 'one.yaml': 'model: m\nsteps: { a: { generate: hello } }\n' });
    const args = ['run', 'one.yaml', '--host', fake.url];
    expect(await millrace(args, { cwd })).toMatchObject({ code: 0, stdout: '<hello>\n' });
    const again = await millrace(args, { cwd });
    expect(again).toMatchObject({ code: 0, stdout: '<hello>\n' });
    expect(again.stderr).toMatch(/^Nothing to do: run .* finished .*\. `--new` starts afresh\.\n$/);
    expect(asked(fake)).toHaveLength(1);
  });
});

describe('--range, --sample and --seed', () => {
  test.each([
    ['2-3', ['1', '2']],
    ['4-', ['3', '4']],
    ['-2', ['0', '1']],
    ['5', ['4']],
  ])('--range %s takes these rows, counted from 1', async (range, keys) => {
    const { run, text } = await place(5);
    expect((await run('--range', range)).code).toBe(0);
    expect(keysIn(await text('out.jsonl'))).toEqual(keys);
  });

  test('a sample is the same each time, says its seed, and another seed chooses others', async () => {
    const { run, text, fake } = await place(60);
    const first = await run('--sample', '5');
    expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('`--seed 1`')]);
    const chosen = keysIn(await text('out.jsonl'));
    expect(chosen).toHaveLength(5);
    expect((await run('--sample', '5')).stderr).toMatch(/^Nothing to do/);
    expect(asked(fake)).toHaveLength(10);
    await run('--sample', '5', '--seed', '2');
    expect(keysIn(await text('out.jsonl'))).not.toEqual(chosen);
  });

  test.each([
    ['--range', '0-3'],
    ['--range', '3-2'],
    ['--range', '-'],
    ['--range', 'a-b'],
    ['--sample', 'all'],
    ['--seed', '3'],
  ])('%s %s is refused with a word', async (...flags) => {
    const { run, fake } = await place(2);
    const { code, stderr } = await run(...flags);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/error/)]);
    expect(asked(fake)).toEqual([]);
  });
});

describe('the journal', () => {
  test('a second process is refused while the first one works, and harms nothing', async () => {
    const { start: begin, run, text, cwd, fake } = await place(12, { tokenMs: 20 });
    const running = begin('--json');
    await running.saw(/"type":"row-end"/);
    const { code, stderr } = await run();
    expect([code, stderr]).toEqual([2, expect.stringMatching(/error\[RUN_BUSY\].*process \d+/)]);
    // So is another workflow that would write the same file.
    await writeFile(join(cwd, 'v.yaml'), flow());
    expect(await millrace(['run', 'v.yaml', '--host', fake.url], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/error\[RUN_BUSY\].*out\.jsonl/),
    });
    expect((await running.ended).code).toBe(0);
    expect((await text('out.jsonl')).trimEnd().split('\n')).toHaveLength(12);
  });

  test('is in the nearest .millrace, private, and --journal puts it elsewhere', async () => {
    const { fake, path, run } = await place(1);
    await mkdir(path('.millrace'));
    await mkdir(path('below'));
    const args = ['run', '../w.yaml', '--host', fake.url];
    expect((await millrace(args, { cwd: path('below') })).code).toBe(0);
    expect((await stat(path('.millrace/journal.db'))).isFile()).toBe(true);
    await expect(stat(path('below/.millrace'))).rejects.toThrow();
    expect((await run('--journal', 'elsewhere', '--to', 'b.jsonl')).code).toBe(0);
    expect((await stat(path('elsewhere'))).mode & 0o777).toBe(0o700);
    expect(await readFile(path('elsewhere/.gitignore'), 'utf8')).toBe('*\n');
  });

  test('holds no password of a host', async () => {
    const { cwd, fake } = await place(1);
    const args = ['run', 'w.yaml', '--host', fake.url, '--host', 'http://me:s3cret@127.0.0.1:9'];
    expect((await millrace(args, { cwd, env: { OLLAMA_API_KEY: 'k3y' } })).code).toBe(0);
    const shown = JSON.parse((await millrace(['runs', 'show', 'last', '--format', 'json'], { cwd })).stdout);
    expect(shown.invocation.host).toEqual([fake.url, 'http://127.0.0.1:9']);
    for (const name of ['journal.db', 'journal.db-wal']) {
      const bytes = await readFile(join(cwd, '.millrace', name), 'latin1').catch(() => '');
      expect(bytes).not.toMatch(/s3cret|k3y/);
    }
  });

  test('a folder that may not be written is named, and nothing is asked', async () => {
    const { cwd, run, fake } = await place(1);
    await chmod(cwd, 0o755);
    const { code, stderr } = await withoutWriting(cwd, () => run());
    expect([code, stderr]).toEqual([2, expect.stringMatching(/error\[JOURNAL_UNUSABLE\].*\.millrace[\s\S]*hint: /)]);
    expect(asked(fake)).toEqual([]);
  });

  test.each([
    ['damaged', 'no database at all, but longer than a header of one hundred bytes '.repeat(20), 'JOURNAL_CORRUPT'],
    ['newer', undefined, 'JOURNAL_NEWER'],
  ])('that is %s is named, and nothing is asked', async (_, content, error) => {
    const { run, path, fake, call } = await place(1);
    await mkdir(path('.millrace'));
    await writeFile(path('.millrace/journal.db'), content ?? (await newerDatabase(path('made'))));
    for (const said of [await run(), await call('runs'), await call('runs', 'show', 'last')]) {
      expect([said.code, said.stderr]).toEqual([2, expect.stringContaining(`error[${error}]`)]);
    }
    expect(asked(fake)).toEqual([]);
  });
});

async function newerDatabase(folder: string): Promise<Uint8Array> {
  const { DatabaseSync } = await import('@photostructure/sqlite');
  await mkdir(folder);
  const database = new DatabaseSync(join(folder, 'newer.db'));
  database.exec('CREATE TABLE later (a); PRAGMA user_version = 99');
  database.close();
  return await readFile(join(folder, 'newer.db'));
}
