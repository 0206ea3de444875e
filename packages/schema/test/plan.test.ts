import { describe, expect, test } from '@jest/globals';
import { type PlannedStep, rowFile, type Workflow } from '@millrace/schema';
import { workflowOf } from './support/check.ts';

/** The one step called `a` of a workflow that has rows and a step `b` beside it. */
async function planned(step: string, others = ''): Promise<PlannedStep> {
  const text = `model: m
each: { from: rows.csv }
steps:
  a: ${step}
  b: { chat: [{ user: "\${row.text}" }] }
${others}`;
  const { steps } = await workflowOf(text);
  return steps.find(({ id }) => id === 'a') as PlannedStep;
}

const whole = (text: string): Promise<Workflow> => workflowOf(`model: m\nsteps: { a: { generate: hi } }\n${text}`);

describe('a step is planned', () => {
  test('with defaults for what the file does not say', async () => {
    const { body, model, ...rest } = await planned('{ generate: hi }');
    expect(model?.render({})).toBe('m');
    expect(body.render({})).toBe('hi');
    expect(rest).toEqual({
      id: 'a',
      kind: 'generate',
      type: 'string',
      retry: {},
      onError: 'fail',
      context: 'auto',
      onOverflow: 'fail',
      cache: 'run',
      needs: [],
      waitsFor: [],
    });
  });

  test('with the window, the clocks and the cache of its calls', async () => {
    const step = await planned(
      '{ generate: "${row.text}", context: 4096, on_overflow: split, cache: shared, idle: 1m30s, total: 2h, retry: { busy: 3 } }',
    );
    expect(step).toMatchObject({ context: 4096, onOverflow: 'split', cache: 'shared', retry: { busy: 3 } });
    expect([step.idleMs, step.totalMs]).toEqual([90_000, 7_200_000]);
  });

  test('with a number of retries as that of invalid answers', async () => {
    expect((await planned('{ generate: hi, retry: 5 }')).retry).toEqual({ invalid: 5 });
  });

  test('with what is sent along, rendered for each row', async () => {
    const step = await planned(
      '{ generate: hi, think: "${row.hard}", images: ["${row.path}", b.png], keep_alive: "${row.keep}", format: { type: "${x}" } }',
    );
    const values = { row: { hard: 'high', path: 'a.png', keep: -1 } };
    expect(step.think?.render(values)).toBe('high');
    expect(step.images?.render(values)).toEqual(['a.png', 'b.png']);
    expect(step.keepAlive?.render(values)).toBe(-1);
    expect(step.format?.render({})).toEqual({ type: '${x}' });
  });

  test('with the list it runs for, and conditions that read its own value without waiting for it', async () => {
    const step = await planned(
      '{ for: " ${[1, row.n]} ", generate: "${item}", ensure: "${size(a) > index}", repeat: { until: "${a != \'\'}" } }',
    );
    expect(step.for?.render({ row: { n: 2 } })).toEqual([1, 2]);
    expect(step.ensure?.render({ a: 'text', index: 3 })).toBe(true);
    expect(step.repeat?.until.render({ a: '' })).toBe(false);
    expect(step.repeat?.max).toBe(10);
    expect([step.needs, step.waitsFor]).toEqual([[], []]);
  });

  test('as a reduce that waits for the rows and needs none of them', async () => {
    const step = await planned('{ over: b, group_by: "${row.kind}", fold: 20, generate: "${items}" }');
    expect(step.over).toMatchObject({ step: 'b', fold: 20 });
    expect(step.over?.groupBy?.render({ row: { kind: 'x' } })).toBe('x');
    expect([step.needs, step.waitsFor]).toEqual([[], ['b']]);
  });

  test('behind the talk it goes on with', async () => {
    const step = await planned('{ chat: [{ user: hi }], continue: b }');
    expect(step).toMatchObject({ continue: 'b', needs: ['b'], waitsFor: ['b'] });
  });

  test.each(['fail', 'skip', 'abort'] as const)('with on_error: %s', async (word) => {
    expect((await planned(`{ generate: hi, on_error: ${word} }`)).onError).toBe(word);
  });

  test('with a value that stands in, for which it does not need what that reads', async () => {
    const step = await planned('{ generate: hi, on_error: { use: "none of ${b}" } }');
    const { onError } = step;
    expect(typeof onError === 'object' && 'use' in onError && onError.use.render({ b: 'x' })).toBe('none of x');
    expect(step).toMatchObject({ needs: [], waitsFor: ['b'] });
  });

  test('with a step that stands in, which it does not wait for', async () => {
    const step = await planned('{ generate: hi, on_error: { run: b } }');
    expect(step).toMatchObject({ onError: { run: 'b' }, needs: [], waitsFor: [] });
  });

  test('without a model where its kind asks none', async () => {
    expect((await planned('{ set: "${1 + 1}" }')).model).toBeUndefined();
  });
});

describe('a workflow is planned', () => {
  test('with limits in milliseconds and as shares', async () => {
    const { limits } = await whole('limits: { parallel: 2, rate: 60/min, errors: 2.5%, idle: 500ms, total: 1d }');
    expect(limits).toEqual({
      parallel: 2,
      rate: { calls: 60, perMs: 60_000 },
      errors: { share: 0.025 },
      idleMs: 500,
      totalMs: 86_400_000,
    });
    expect((await whole('limits: { errors: 7, rate: 5/s }')).limits).toEqual({
      parallel: 'auto',
      rate: { calls: 5, perMs: 1000 },
      errors: { rows: 7 },
    });
    expect((await whole('limits: { rate: 9/h }')).limits.rate).toEqual({ calls: 9, perMs: 3_600_000 });
  });

  test('with how its rows are read, the encoding by the name that the standard has for it', async () => {
    const rows = async (each: string) =>
      (await workflowOf(`model: m\neach: ${each}\nsteps: { a: { generate: "\${row}" } }`)).each;
    expect(await rows('{ from: a.dat, format: tsv, encoding: Latin1, columns: { n: number } }')).toEqual({
      from: 'a.dat',
      format: 'tsv',
      encoding: 'windows-1252',
      columns: { n: 'number' },
    });
    expect(await rows('{ from: "-" }')).toEqual({ from: '-', columns: {} });
  });

  test('with the value that a file for each row holds, and the way to the name of each', async () => {
    const saved = (save: string) =>
      workflowOf(`model: m
each: { from: rows.csv }
steps:
  mood: { generate: "\${row.text}" }
  reply: { when: '\${mood == "bad"}', generate: "\${row.text}" }
  digest: { over: reply, generate: "\${items}" }
save: ${save}`);
    const { save } = await saved('{ to: "out/a-${key}.${ key }.md" }');
    expect(save).toMatchObject({
      to: 'out/a-${key}.${ key }.md',
      content: 'reply',
      over: { digest: 'out/digest.jsonl' },
    });
    expect(rowFile(save.to as string)?.('7%2F8')).toBe('out/a-7%2F8.7%2F8.md');
    expect((await saved('{ to: "${key}", fields: { b: "${mood}" } }')).save).toMatchObject({
      content: 'b',
      over: { digest: 'digest.jsonl' },
    });
    expect((await saved('{ to: a.csv, fields: { b: "${mood}", c: 1 } }')).save).not.toHaveProperty('content');
    expect(rowFile('out/rows.jsonl')).toBeUndefined();
    expect(rowFile('out/${row.id}.md')).toBeUndefined();
  });

  test('with its schedule, and defaults for what that does not say', async () => {
    const full = `schedule: { cron: " 0 2 * * * ", zone: UTC, overlap: replace, missed: { run: once, within: 6h }, jitter: 5s,
  start: 2027-01-01, end: 2028-01-01, pause_on_failure: 3, keep: { ok: 1 } }`;
    expect((await whole(full)).schedule).toEqual({
      when: { cron: '0 2 * * *' },
      zone: 'UTC',
      overlap: 'replace',
      missed: { run: 'once', withinMs: 21_600_000 },
      jitterMs: 5000,
      start: '2027-01-01',
      end: '2028-01-01',
      pauseOnFailure: 3,
      keep: { ok: 1 },
    });
    expect((await whole('schedule: { every: 1h }')).schedule).toEqual({
      when: { everyMs: 3_600_000 },
      overlap: 'skip',
      missed: { run: 'none' },
      jitterMs: 0,
    });
    expect((await whole('schedule: { watch: { paths: [a, "b/*.csv"] } }')).schedule?.when).toEqual({
      watch: { paths: ['a', 'b/*.csv'], settleMs: 2000 },
    });
    expect((await whole('each: { from: a.csv }\nschedule: { watch: true }')).schedule?.when).toEqual({
      watch: { paths: ['a.csv'], settleMs: 2000 },
    });
    expect((await whole('each: { from: a.csv }\nschedule: { watch: { settle: 1m } }')).schedule?.when).toEqual({
      watch: { paths: ['a.csv'], settleMs: 60_000 },
    });
    expect(await whole('')).not.toHaveProperty('schedule');
  });

  test('with the names of its secrets', async () => {
    expect((await whole('secrets: [API_KEY]')).secrets).toEqual(['API_KEY']);
  });

  test('with a file for each reduce, beside the others where it names none', async () => {
    const reduce = (save: string): Promise<Workflow> =>
      workflowOf(`model: m
steps: { a: { generate: hi }, b: { over: a, generate: "\${items}" }, c: { over: a, generate: "\${items}" } }
save: ${save}`);
    expect((await reduce('{ to: out/rows.v2.jsonl, over: { b: other.jsonl }, errors: bad.jsonl }')).save).toMatchObject(
      {
        to: 'out/rows.v2.jsonl',
        over: { b: 'other.jsonl', c: 'out/rows.v2.c.jsonl' },
        errors: 'bad.jsonl',
        order: 'input',
      },
    );
    expect((await reduce('{ order: completion }')).save).toEqual({ over: {}, order: 'completion' });
    expect((await reduce('{ to: "-" }')).save.over).toEqual({});
  });
});
