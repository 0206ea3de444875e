import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { lastValueFrom, map } from 'rxjs';
import { windowFor } from '../src/context/ladder.ts';
import { createTokenMeter } from '../src/context/token-meter.ts';
import { allEvents, fakeHost, folderWith, loaded, ofType, readJsonl } from './scene.ts';

const words = (count: number): string => 'word '.repeat(count).trim();

async function flow(rows: readonly string[], step: string): Promise<{ folder: string; file: string }> {
  const lines = rows.map((text, id) => JSON.stringify({ id: String(id), text }));
  const folder = await folderWith({
    'rows.jsonl': `${lines.join('\n')}\n`,
    'w.yaml': `model: m\neach: { from: rows.jsonl, key: "\${row.id}" }\nsteps:\n  a: ${step}\nsave: { to: out.jsonl }\n`,
  });
  return { folder, file: join(folder, 'w.yaml') };
}

const windowsOf = (requests: readonly { readonly body: unknown }[]): number[] => [
  ...new Set(requests.map(({ body }) => (body as { options: { num_ctx: number } }).options.num_ctx)),
];

const step = '{ generate: "${row.text}", options: { num_predict: 20 } }';

test('the window is the smallest of the ladder that holds the longest prompt and its answer', async () => {
  for (const [longest, window] of [
    [100, 2048],
    [1900, 4096],
    [6000, 8192],
  ] as const) {
    const { file } = await flow([words(10), words(longest), words(10)], step);
    const { ollama, fake } = await fakeHost();
    const events = await allEvents(await loaded(file), { hosts: [ollama] });
    expect(events.at(-1)).toMatchObject({ counts: { ok: 3 } });
    expect(windowsOf(fake.requests)).toEqual([window]);
    expect(fake.loads).toHaveLength(1);
  }
});

test('a model and options that come from inputs are known before the first row', async () => {
  const folder = await folderWith({
    'rows.jsonl': `${JSON.stringify({ text: words(2500) })}\n`,
    'w.yaml': [
      'inputs: { model: { type: string }, length: { type: number, default: 20 } }',
      'each: { from: rows.jsonl }',
      'steps: { a: { generate: "${row.text}", model: "${inputs.model}", options: { num_predict: "${inputs.length}" } } }',
    ].join('\n'),
  });
  const { ollama, fake } = await fakeHost();
  const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama], inputs: { model: 'm' } });
  expect(ofType(events, 'run-start')).toMatchObject([{ models: ['m'] }]);
  expect(windowsOf(fake.requests)).toEqual([4096]);
  expect(fake.loads).toHaveLength(1);
  expect(events.at(-1)).toMatchObject({ counts: { ok: 1 } });
});

test('an answer of any length has at least the window that Ollama gives', async () => {
  const { file } = await flow([words(10)], '{ generate: "${row.text}" }');
  const { ollama, fake } = await fakeHost();
  await allEvents(await loaded(file), { hosts: [ollama] });
  expect(windowsOf(fake.requests)).toEqual([4096]);
});

test('no window is larger than the model was trained for, and what does not fit it fails with what it needs', async () => {
  const { file } = await flow([words(10), words(3000)], step);
  const { ollama, fake } = await fakeHost({ models: [{ name: 'm', contextLength: 512 }] });
  const [, end] = ofType(await allEvents(await loaded(file), { hosts: [ollama] }), 'row-end').sort(
    (one, other) => one.index - other.index,
  );
  expect(windowsOf(fake.requests)).toEqual([512]);
  expect(end).toMatchObject({ status: 'failed', error: { cause: { code: 'CONTEXT_OVERFLOW' } } });
});

test('a window that is loaded and large enough stays; one that the workflow says is taken, by its other steps too', async () => {
  const { file } = await flow([words(10)], step);
  const { ollama, fake } = await fakeHost();
  await lastValueFrom(ollama.generate({ model: 'm', options: { num_ctx: 6000 } }));
  await allEvents(await loaded(file), { hosts: [ollama] });
  expect(windowsOf(fake.requests)).toEqual([6000]);
  expect(fake.loads).toHaveLength(1);

  const said = await flow(
    [words(10)],
    '{ generate: "${row.text}", context: 3000 }\n  b: { generate: "again ${row.text}", options: { num_predict: 9 } }',
  );
  const other = await fakeHost();
  await allEvents(await loaded(said.file), { hosts: [other.ollama] });
  expect(windowsOf(other.fake.requests)).toEqual([3000]);
  expect(other.fake.loads).toHaveLength(1);
});

describe('rows that do not fit', () => {
  test('a row behind those that are looked at waits for a larger window, with one load for all of them', async () => {
    const texts = Array.from({ length: 1030 }, (_, id) => words(id > 1000 && id % 10 === 0 ? 5000 : 5));
    const { folder, file } = await flow(texts, step);
    const { ollama, fake } = await fakeHost();
    const events = await allEvents(await loaded(file), { hosts: [ollama] });
    expect(windowsOf(fake.requests)).toEqual([2048, 8192]);
    expect(fake.loads).toHaveLength(2);
    expect(ofType(events, 'row-parked')).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ counts: { ok: 1030 }, widened: 2 });
    const keys = (await readJsonl(join(folder, 'out.jsonl'))).map(({ key }) => Number(key));
    expect(keys).toEqual(texts.map((_, id) => id));
  });

  test('a prompt of more tokens than its characters say is asked again in the larger window, not failed', async () => {
    // The server counts each of these as a token, the estimate does not.
    const { file } = await flow([`${'a,'.repeat(950)}`, 'short'], step);
    const { ollama, fake } = await fakeHost({
      faults: ({ body }) => {
        const { prompt, options } = body as { prompt: string; options: { num_ctx: number } };
        if (prompt === 'short' || options.num_ctx > 2048) return undefined;
        const message = 'request (2100 tokens) exceeds the available context size (2048 tokens), try increasing it';
        const error = JSON.stringify({
          error: { code: 400, message, type: 'exceed_context_size_error', n_prompt_tokens: 2100, n_ctx: 2048 },
        });
        return { kind: 'status', status: 400, body: { error } };
      },
    });
    const events = await allEvents(await loaded(file), { hosts: [ollama] });
    expect(events.at(-1)).toMatchObject({ counts: { ok: 2, failed: 0 } });
    expect(windowsOf(fake.requests)).toEqual([2048, 4096]);
  });

  test('the items of a reduce get the window that they need', async () => {
    const folder = await folderWith({
      'rows.jsonl': `${Array.from({ length: 40 }, (_, id) => JSON.stringify({ id: String(id), text: words(60) })).join('\n')}\n`,
      'w.yaml':
        'model: m\neach: { from: rows.jsonl, key: "${row.id}" }\nsteps:\n  a: { set: "${row.text}" }\n  sum: { over: a, generate: "${items.join(\' \')}", options: { num_predict: 20 } }\nsave: { to: out.jsonl }\n',
    });
    const { ollama, fake } = await fakeHost();
    const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama] });
    expect(ofType(events, 'group-end')).toMatchObject([{ status: 'ok' }]);
    expect(windowsOf(fake.requests)).toEqual([4096]);
  });
});

test('embedding models are left to their own window', async () => {
  const { file } = await flow(['x'], '{ embed: "${row.text}" }');
  const { ollama, fake } = await fakeHost({ models: [{ name: 'm', capabilities: ['embedding'] }] });
  await allEvents(await loaded(file), { hosts: [ollama] });
  expect(fake.requests.map(({ body }) => body)).toEqual([{ model: 'm', input: 'x', truncate: false }]);
});

test('windows double from 2,048 up to what the model knows', () => {
  expect([1, 2048, 2049, 5000, 90_000].map((tokens) => windowFor(tokens, 40_960))).toEqual([
    2048, 2048, 4096, 8192, 40_960,
  ]);
  expect(windowFor(1, 512)).toBe(512);
});

test('a prompt that the server counts higher makes later ones count higher too', () => {
  const meter = createTokenMeter();
  const before = meter.measure('m', [words(500)]);
  meter.learn('m', before, before * 2);
  expect(meter.measure('m', [words(500)])).toBeGreaterThanOrEqual(before * 2);
  expect(meter.measure('other', [words(500)])).toBe(before);
});

describe('an answer that came all the same', () => {
  /** A server that cuts what does not fit, whatever it is told, as old ones do. */
  const cutting = {
    models: [{ name: 'm', contextLength: 2048 }],
    answer: () => 'yes',
    version: '0.11.0',
  };

  test('to a prompt that was cut is none', async () => {
    const { file } = await flow([words(10)], '{ generate: "${row.text}", options: { num_ctx: 8, num_predict: 3 } }');
    const { ollama } = await fakeHost(cutting);
    // The same words, and a server that counts as many as its window has.
    const lying = Object.assign(Object.create(ollama), {
      generate: (request: object) =>
        ollama
          .generate({ ...request, truncate: true, model: 'm', prompt: 'x' })
          .pipe(map((message) => (message.done ? { ...message, prompt_eval_count: 8 } : message))),
    });
    const [end] = ofType(await allEvents(await loaded(file), { hosts: [lying] }), 'row-end');
    expect(end).toMatchObject({
      status: 'failed',
      error: { cause: { code: 'CONTEXT_OVERFLOW', message: expect.stringMatching(/has cut the prompt/) } },
    });
  });

  test('that went on behind the end of its window is asked for in a larger one; where there is none, the row fails', async () => {
    const long = words(2500).split(' ');
    for (const [contextLength, windows] of [
      [8192, [2048, 8192]],
      [2048, [2048]],
    ] as const) {
      const { file } = await flow([words(10)], '{ generate: "${row.text}", options: { num_predict: 1900 } }');
      const { ollama, fake } = await fakeHost({
        models: [{ name: 'm', contextLength }],
        answer: () => ({ tokens: long }),
      });
      const lying = Object.assign(Object.create(ollama), {
        generate: (request: { options: object }) =>
          ollama.generate({ ...request, model: 'm', options: { ...request.options, num_predict: 3000 } }),
      });
      const [end] = ofType(await allEvents(await loaded(file), { hosts: [lying] }), 'row-end');
      expect(windowsOf(fake.requests)).toEqual(windows);
      if (contextLength > 2048) expect(end).toMatchObject({ status: 'ok' });
      else expect(end).toMatchObject({ status: 'failed', error: { cause: { code: 'CONTEXT_OVERFLOW' } } });
    }
  });
});
