import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { RunEnd } from '@millrace/runner';
import type { FakeOllamaOptions } from '@millrace/testing';
import { Subject } from 'rxjs';
import { allEvents, fakeHost, folderWith, loaded, ofType } from './scene.ts';

/** A run of these rows, and what the server has answered by its end. */
async function place(rows: readonly string[], step: string, options: FakeOllamaOptions) {
  const folder = await folderWith({
    'r.jsonl': rows.map((text, id) => `${JSON.stringify({ id: `${id}`, text })}\n`).join(''),
    'w.yaml': `model: m\neach: { from: r.jsonl, key: "\${row.id}" }\nsteps:\n  a: ${step}\nsave: { to: out.jsonl }\n`,
  });
  const { ollama, fake } = await fakeHost(options);
  const run = async (world = {}) => {
    const events = await allEvents(await loaded(join(folder, 'w.yaml')), { hosts: [ollama], parallel: 1, ...world });
    return { events, end: events.at(-1) as RunEnd };
  };
  return { run, fake };
}

test('an answer that was refused is paid for, whether another one follows or the row fails', async () => {
  const { run, fake } = await place(['x', 'y'], '{ generate: "${row.text}", returns: { n: integer }, retry: 1 }', {
    answer: ({ prompt }) => ({ tokens: prompt.includes('y') ? ['no', 'no', 'no'] : ['{"n":', '1', '}'] }),
  });
  const { end } = await run();
  expect(end.counts).toMatchObject({ ok: 1, failed: 1 });
  const calls = fake.requests.filter(({ path }) => /generate|chat/.test(path)).length;
  expect(calls).toBeGreaterThan(2);
  expect(end.tokens.outputTokens).toBe(3 * calls);
});

test('an answer that equal calls share is paid for once', async () => {
  const { run, fake } = await place(
    ['same', 'same', 'same'],
    '{ generate: "${row.text}", options: { temperature: 0 } }',
    {
      answer: () => ({ tokens: ['a', 'b'] }),
    },
  );
  const { end } = await run();
  expect(fake.requests.filter(({ path }) => /generate|chat/.test(path))).toHaveLength(1);
  expect([end.tokens.outputTokens, end.reusedTokens?.outputTokens]).toEqual([2, 4]);
});

test('rows that an interrupt drops have spent theirs all the same', async () => {
  const interrupt = new Subject<void>();
  const { run, fake } = await place(['x'], '{ generate: "${row.text}", repeat: { until: "${false}", max: 3 } }', {
    answer: () => {
      if (++asked === 2) interrupt.next();
      return { tokens: ['a', 'b'] };
    },
  });
  let asked = 0;
  const { events, end } = await run({ interrupt });
  expect([ofType(events, 'row-end').length, fake.requests.length > 0, end.status]).toEqual([0, true, 'interrupted']);
  expect(end.tokens.outputTokens).toBe(2);
});
