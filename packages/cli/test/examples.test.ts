import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { copyOfWorkflows, type ExampleRun, exampleNames, jsonLines, type Line, runExample } from './example-run.ts';
import { afterTest, millrace, root, start } from './scene.ts';

const small = 'reviews-small.csv';
const aMood = expect.stringMatching(/^(positive|negative|neutral)$/);
const keysIn = (lines: readonly Line[]): unknown[] => lines.map(({ key }) => key);

/** How an example is called, and what must be there afterwards. */
interface Example {
  readonly flags?: readonly string[];
  readonly stdin?: string;
  /** Where it is not 0. */
  readonly code?: number;
  check(run: ExampleRun): Promise<void>;
}

const examples: Readonly<Record<string, Example>> = {
  'review-replies': {
    async check(run) {
      const lines = await run.lines('review-replies.jsonl');
      expect(keysIn(lines)).toEqual(await run.keys('reviews.csv'));
      for (const line of lines) {
        expect(Object.keys(line)).toEqual(['key', 'product', 'sentiment', 'reply']);
        expect(line.sentiment).toEqual(aMood);
        expect(line.reply === null).toBe(line.sentiment !== 'negative');
      }
      expect(run.stdout).toMatch(/accuracy of classify: [\s\S]*expected \\ answered/);
    },
  },

  'summarise-then-answer': {
    flags: ['--input', 'tone=kind'],
    async check(run) {
      const [header, ...lines] = (await run.text('out/answers.csv')).trimEnd().split('\n');
      expect(header).toBe('key,sentiment,aspect,summary,answer');
      expect(lines.map((line) => line.split(',')[0])).toEqual(await run.keys(small));
      expect(run.asked('chat')).toHaveLength(24);
      for (const { messages } of run.asked('chat')) expect(JSON.stringify(messages)).toContain('Be short and kind.');
      expect(run.stdout).toMatch(/accuracy of facts\.sentiment: /);
    },
  },

  'prompt-files': {
    async check(run) {
      const lines = await run.lines('prompt-files.jsonl');
      expect(lines.map(({ key, file }) => `${key} ${file}`)).toEqual([
        'battery battery.txt',
        'screen screen.txt',
        'sound sound.txt',
      ]);
      const texts = await Promise.all(lines.map(({ file }) => run.text(`prompts/${file}`)));
      expect(new Set(run.asked('generate').map(({ prompt }) => prompt))).toEqual(new Set(texts));
    },
  },

  'single-prompt': {
    flags: ['--input', 'review=Zoom is broken.'],
    async check(run) {
      expect(run.stdout).toBe('We are sorry about the Zoom.\n');
      expect(run.asked('generate')).toHaveLength(1);
    },
  },

  'complaints-by-product': {
    async check(run) {
      const lines = await run.lines('complaints.jsonl');
      expect(keysIn(lines)).toEqual(await run.keys('reviews.csv', ',negative'));
      const counts = new Map<unknown, number>();
      for (const { product } of lines) counts.set(product, (counts.get(product) ?? 0) + 1);
      const [header, ...groups] = (await run.text('out/complaints-by-product.csv')).trimEnd().split('\n');
      expect(header).toBe('group,count,value');
      expect(groups.map((line) => line.split(',').slice(0, 2).join(','))).toEqual(
        [...counts].map(([product, count]) => `${product},${count}`),
      );
      expect(groups).toHaveLength(5);
      const digests = run.asked('generate').filter(({ prompt }) => String(prompt).includes('Complaints about the '));
      expect(digests.length).toBeGreaterThan(lines.length / 12);
    },
  },

  'old-export': {
    async check(run) {
      const [header, ...lines] = (await run.text('out/old-export.csv')).trimEnd().split('\n');
      expect(header).toBe('key,customer,missing,reply');
      expect(lines.map((line) => line.split(',').slice(0, 3).join())).toEqual([
        '1001,Müller,3',
        '1003,Ødegård,4',
        '1005,Brontë,2',
      ]);
      expect(run.asked('generate').some(({ prompt }) => String(prompt).includes('– £40 –'))).toBe(true);
      expect(run.stdout).toMatch(/skipped by where +2\n/);
    },
  },

  'answer-each-point': {
    async check(run) {
      const lines = await run.lines('answer-each-point.jsonl');
      expect(keysIn(lines)).toEqual(await run.keys(small, ',negative'));
      for (const { points, answers } of lines) {
        expect(points).toEqual(['price', 'sound']);
        expect(answers).toEqual(['1. price: See our price list.', expect.stringMatching(/^2\. sound: We .+/)]);
      }
    },
  },

  'checked-labels': {
    code: 3, // as rows fail
    async check(run) {
      const failed = await run.lines('checked-labels.errors.jsonl');
      const failedKeys = keysIn(failed);
      const all = await run.keys(small);
      expect(failed.length).toBeGreaterThan(0);
      expect(all.filter((key) => failedKeys.includes(key))).toEqual(failedKeys);
      expect(keysIn(await run.lines('checked-labels.jsonl'))).toEqual(all.filter((key) => !failedKeys.includes(key)));
      for (const { row, error, answer } of failed) {
        expect(row).toMatchObject({ text: expect.stringContaining('camera') });
        expect(error).toMatchObject({ code: 'STEP_FAILED', cause: { code: 'ANSWER_INVALID' } });
        expect(answer).toContain('nowhere');
      }
      expect(run.stdout).toMatch(new RegExp(`retries +${failed.length}\\n[\\s\\S]*expected \\\\ answered`));
    },
  },

  'second-opinion': {
    async check(run) {
      const lines = await run.lines('second-opinion.jsonl');
      expect(keysIn(lines)).toEqual(await run.keys(small));
      expect(JSON.stringify(lines)).not.toMatch(/nowhere|apologise/);
      const without = lines.filter(({ reply }) => reply === null).length;
      expect(run.stdout).toMatch(new RegExp(`ok +${24 - without}\\n +degraded +${without} `));
      const stoodIn = lines.filter(({ title, aspect }) => title === `About the ${aspect}`).length;
      expect([without > 0, stoodIn > 0, stoodIn < 24]).toEqual([true, true, true]);
    },
  },

  shorter: {
    async check(run) {
      const [header, ...lines] = (await run.text('out/shorter.tsv')).trimEnd().split('\n');
      expect(header).toBe('key\tshort');
      const cells = lines.map((line) => line.split('\t') as [string, string]);
      expect(cells.map(([key]) => key)).toEqual(await run.keys(small));
      const stoodIn = cells.filter(([, short]) => short.endsWith(' …'));
      expect([stoodIn.length > 0, stoodIn.length < 24]).toEqual([true, true]);
      for (const [, short] of cells) expect(short.endsWith(' …') || short.length <= 24).toBe(true);
      expect(run.asked('generate').length).toBeGreaterThan(24);
      expect(run.asked('generate').length).toBeLessThanOrEqual(3 * 24);
    },
  },

  talk: {
    async check(run) {
      const lines = await run.lines('talk.jsonl');
      expect(keysIn(lines)).toEqual(await run.keys(small));
      for (const { sentiment, reply, facts } of lines) {
        expect([sentiment, reply]).toEqual([aMood, expect.stringMatching(/^We /)]);
        expect(facts).toEqual({ sentiment: aMood, aspect: expect.any(String) });
      }
      const talks = run
        .asked('chat')
        .map(({ messages }) => (messages as { role: string }[]).map(({ role }) => role).join(' '));
      const [first, second, third] = [
        'system user',
        'system user assistant user',
        'system user assistant user assistant user',
      ].map((turns) => talks.filter((talk) => talk === turns).length);
      expect([first, second, third, talks.length]).toEqual([24, 24, 24, 72]);
    },
  },

  letters: {
    async check(run) {
      const keys = await run.keys(small, ',negative');
      expect((await readdir(join(run.folder, 'out/letters'))).sort()).toEqual(keys.map((key) => `${key}.md`).sort());
      for (const key of keys)
        expect(await run.text(`out/letters/${key}.md`)).toMatch(/^# Your .+\n\n> .+\n\nWe .+\.\n$/);
    },
  },

  'to-parquet': {
    async check(run) {
      await writeFile(
        join(run.folder, 'read.yaml'),
        'each: { from: out/sentiments.parquet, key: "${row.key}" }\nsteps: { more: { set: "${row.words + 1}" } }\n',
      );
      const { code, stdout } = await millrace(['run', 'read.yaml', '--quiet'], { cwd: run.folder });
      const lines = jsonLines(stdout);
      expect([code, keysIn(lines)]).toEqual([0, await run.keys(small)]);
      for (const line of lines) {
        expect(line).toMatchObject({ product: expect.any(String), sentiment: aMood, right: expect.any(Boolean) });
        expect(line.more).toBe((line.words as number) + 1);
      }
    },
  },

  pipe: {
    stdin: '{"id":"a","text":"great sound"}\n{"id":"b","text":""}\n{"id":"c","text":"awful"}\n',
    async check({ stdout, stderr }) {
      const lines = jsonLines(stdout);
      expect(keysIn(lines).sort()).toEqual(['a', 'c']);
      for (const line of lines) expect(line).toEqual({ key: line.key, sentiment: aMood });
      expect(stderr).toMatch(/skipped by where +1\n/);
    },
  },

  nightly: {
    async check(run) {
      expect(keysIn(await run.lines('nightly.jsonl'))).toEqual(await run.keys(small));
      const asked = run.asked('generate');
      expect([asked.length, asked.every(({ keep_alive }) => keep_alive === 0)]).toEqual([24, true]);
      // What has been answered is not asked again by a run that is begun afresh.
      const again = await millrace(['run', 'nightly.yaml', '--new'], { cwd: run.folder, env: run.env });
      expect([again.code, run.asked('generate').length]).toEqual([0, 24]);
    },
  },

  'long-documents': {
    async check(run) {
      const lines = await run.lines('long-documents.jsonl');
      expect(keysIn(lines)).toEqual(['camera', 'player']);
      for (const { pieces, outline, summary } of lines) {
        expect(pieces).toBeGreaterThan(2);
        expect((outline as string[]).map((line) => line.split('. ')[0])).toEqual(
          Array.from({ length: pieces as number }, (_, at) => String(at + 1)),
        );
        expect(summary).toMatch(/\S/);
      }
      const pieces = lines.reduce((sum, line) => sum + (line.pieces as number), 0);
      expect(run.asked('generate')).toHaveLength(pieces + lines.length);
    },
  },
};

test('every example is run here, and is in the list of them', async () => {
  const names = await exampleNames();
  expect(Object.keys(examples).sort()).toEqual(names.sort());
  const list = await readFile(join(root, 'workflows/README.md'), 'utf8');
  expect([...list.matchAll(/\]\(([\w-]+)\.yaml\)/g)].map(([, name]) => name).sort()).toEqual(names);
});

test('all of them are valid, without a warning', async () => {
  const { code, stdout } = await millrace(['validate', 'workflows', '--strict']);
  expect([code, stdout]).toEqual([0, expect.stringMatching(new RegExp(`${Object.keys(examples).length} ok$`, 'm'))]);
});

test.each(Object.entries(examples))('the example %s does what it says', async (name, example) => {
  const { flags, stdin, code = 0, check } = example;
  const run = await runExample(name, flags, stdin === undefined ? {} : { stdin });
  expect([run.code, run.stderr]).toEqual([code, expect.stringMatching(/Model host: /)]);
  await check(run);
});

test('all of them run on the bundled model', async () => {
  const engine = start(['engine', '--port', '0']);
  const [, url = ''] = await engine.saw(/at (http:\/\/127\.0\.0\.1:\d+)/);
  afterTest(() => engine.child.kill('SIGTERM'));
  const cwd = await copyOfWorkflows();
  for (const [name, { stdin, flags = [], code: refused = 0 }] of Object.entries(examples)) {
    const first = name === 'single-prompt' ? [] : ['--first', '2'];
    const args = ['run', `${name}.yaml`, ...flags, ...first];
    const { code, stdout, stderr } = await millrace(args, {
      cwd,
      env: { OLLAMA_HOST: url },
      ...(stdin !== undefined && { stdin }),
    });
    // One that checks answers may refuse those of so small a model.
    expect([name, code === 0 || code === refused, `${stdout}${stderr}`]).toEqual([
      name,
      true,
      expect.not.stringMatching(/CONTEXT_OVERFLOW|warning/),
    ]);
  }
}, 120_000);
