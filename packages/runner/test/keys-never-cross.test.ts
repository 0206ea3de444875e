import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, jest, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { openJournal, type RunEnd, type RunEvent, runWorkflow, type World } from '@millrace/runner';
import { type AnswerFunction, type Faults, startFakeOllama } from '@millrace/testing';
import { DatabaseSync } from '@photostructure/sqlite';
import fc from 'fast-check';
import { lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { folderWith, loaded, ofType, readJsonl } from './scene.ts';

const isLong = process.env.MILLRACE_LONG !== undefined;

jest.setTimeout(isLong ? 3_600_000 : 120_000);

/** What goes wrong, and when. */
interface Trouble {
  readonly rows: number;
  readonly seed: number;
  /** How many of a hundred calls fail. */
  readonly rate: number;
  readonly parallel: readonly number[];
  /** A run each that is interrupted after so many events. */
  readonly interrupts: readonly number[];
  readonly lastOnError: 'fail' | 'abort';
  readonly order: 'input' | 'completion';
}

const trouble: fc.Arbitrary<Trouble> = fc.record({
  rows: fc.integer({ min: 1, max: 14 }),
  seed: fc.nat(),
  rate: fc.constantFrom(0, 10, 30, 60),
  parallel: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 }),
  interrupts: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 4 }),
  lastOnError: fc.constantFrom('fail' as const, 'abort' as const),
  order: fc.constantFrom('input' as const, 'completion' as const),
});

const tokens = (text: string): readonly string[] => [...new Set(text.match(/t-\d+-t/g))];
const keyOf = (n: number): string => `k${n}`;
const textOf = (n: number): string => `t-${n}-t`;

const yamlOf = ({ lastOnError, order }: Trouble): string => `model: m
each: { from: r.jsonl, key: "\${row.id}" }
limits: { errors: 1000 }
steps:
  a: { generate: "a \${row.text}", returns: { is: string }, retry: 2 }
  b: { for: [x, "y", z], when: '\${item != "y"}', generate: "b \${item} of \${a.is}", on_error: skip }
  c: { when: "\${row.odd}", generate: "c of \${a.is}", options: { temperature: 0 }, on_error: { use: "instead of \${row.text}" } }
  d: { generate: "d of \${row.text}", on_error: { run: e } }
  e: { generate: "e of \${row.text}" }
  f: { chat: [{ user: "f of \${default(c, a.is)}" }], on_error: ${lastOnError} }
save: { to: out.jsonl, errors: bad.jsonl, order: ${order}, fields: { a: "\${a.is}", b: "\${b}", c: "\${c}", d: "\${d}", f: "\${f}" } }
`;

/** A server that says the row's own text back, and lets calls fail: by chance, but the same ones for the same seed. */
function serverOf({ seed, rate }: Trouble) {
  const strangers: string[] = [];
  const answered = new Map<string, number>();
  const failed = new Map<string, number>();
  const drawn = (what: string, request: string, attempt: number): number =>
    crc32(`${seed} ${what} ${attempt} ${request}`) % 1000;
  const countIn = (counts: Map<string, number>, request: string): number => {
    const count = counts.get(request) ?? 0;
    counts.set(request, count + 1);
    return count;
  };
  const answer: AnswerFunction = ({ body, prompt }) => {
    const request = JSON.stringify(body);
    const own = tokens(request);
    if (own.length !== 1) strangers.push(prompt);
    const step = /\b([a-f]) (?:t-|of|x|y|z)/.exec(prompt)?.[1];
    if (step !== 'a') return `${step}<${own[0]}>`;
    const attempt = countIn(answered, request);
    const isInvalid = attempt < 2 && drawn('answer', request, attempt) < 10 * rate;
    if (!isInvalid) return `{"is":"a<${own[0]}>"}`;
    return attempt === 0 ? '{"is":5}' : `{"is":"${own[0]}`;
  };
  const faults: Faults = ({ path, body }) => {
    if (!/generate|chat/.test(path)) return undefined;
    const request = JSON.stringify(body);
    const attempt = countIn(failed, request);
    const chance = drawn('fault', request, attempt);
    const delay = { kind: 'stall', ms: chance % 30 } as const;
    if (attempt >= 3 || chance >= 10 * rate) return delay;
    return (
      [
        { kind: 'status', status: 503 },
        { kind: 'error-line', afterTokens: 1 },
        { kind: 'cut', afterTokens: 1 },
        { kind: 'end-early', afterTokens: 1 },
        { kind: 'status', status: 400, body: { error: 'no' } },
        { kind: 'status', status: 400, body: { error: 'no' } },
      ] as const
    )[chance % 6];
  };
  return { answer, faults, strangers };
}

interface Line {
  readonly key: string;
  readonly [field: string]: unknown;
}

const rowsIn = (journal: string): readonly { key: string; status: string; result: string | null }[] => {
  const database = new DatabaseSync(journal);
  try {
    return Array.from(
      database
        .prepare(
          `SELECT key, rows.status AS status, result FROM rows JOIN runs USING (run)
           WHERE step = '' AND rows.pass = runs.pass AND rows.status IS NOT NULL ORDER BY position`,
        )
        .all() as { key: string; status: string; result: string | null }[],
    );
  } finally {
    database.close();
  }
};

const isOwn = (line: object, key: string): boolean => {
  const found = tokens(JSON.stringify(line));
  return found.length === 0 || (found.length === 1 && found[0] === textOf(Number(key.slice(1))));
};

async function check(events: readonly RunEvent[], path: (name: string) => string, { rows, order }: Trouble) {
  const { status, counts } = events.at(-1) as RunEnd;
  const ends = ofType(events, 'row-end');
  const lines = (await readJsonl(path('out.jsonl'))) as unknown as readonly Line[];
  const failures = (await readJsonl(path('bad.jsonl'))) as unknown as readonly Line[];
  const keys = lines.map(({ key }) => key);
  const all = [...keys, ...failures.map(({ key }) => key)];
  expect(new Set(all).size).toBe(all.length);
  for (const line of [...lines, ...failures]) expect(isOwn(line, line.key) ? '' : line).toBe('');
  for (const end of ends) expect(isOwn(end, end.key) ? '' : end).toBe('');
  expect(new Set(ends.map(({ key }) => key)).size).toBe(ends.length);
  expect(counts.ok + counts.degraded + counts.failed + counts.skipped).toBe(counts.rows);
  expect(counts.rows).toBe(ends.length);
  if (status !== 'done') return;

  const inOrder = Array.from({ length: rows }, (_, n) => keyOf(n));
  expect([...all].sort()).toEqual([...inOrder].sort());
  expect(counts).toMatchObject({ rows, failed: failures.length, skipped: 0 });
  if (order === 'input') expect(keys).toEqual(inOrder.filter((key) => keys.includes(key)));
  const kept = rowsIn(path('.millrace/journal.db'));
  expect(kept.map(({ key }) => key)).toEqual(inOrder);
  for (const { key, status: of, result } of kept) {
    expect(of === 'failed').toBe(failures.some((line) => line.key === key));
    const { key: _, ...fields } = lines.find((line) => line.key === key) ?? { key };
    if (of !== 'failed') expect(fields).toEqual(JSON.parse(result ?? ''));
  }
}

/** What a row's line holds: each field made of this row's text, and of the answers to its own questions. */
function checkFields({ key, a, b, c, d, f }: Line): void {
  const n = Number(key.slice(1));
  const own = textOf(n);
  expect(a).toBe(`a<${own}>`);
  if (b !== null) expect(b).toEqual([`b<${own}>`, null, `b<${own}>`]);
  expect(n % 2 === 1 ? [`c<${own}>`, `instead of ${own}`] : [null]).toContain(c);
  expect([`d<${own}>`, `e<${own}>`]).toContain(d);
  expect(f).toBe(`f<${own}>`);
}

async function endures(given: Trouble): Promise<void> {
  const rows = Array.from({ length: given.rows }, (_, n) => ({ id: keyOf(n), text: textOf(n), odd: n % 2 === 1 }));
  const folder = await folderWith({
    'w.yaml': yamlOf(given),
    'r.jsonl': rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  });
  const path = (name: string): string => join(folder, name);
  const { strangers, ...server } = serverOf(given);
  const fake = await startFakeOllama({ models: ['m'], slots: 8, ...server });
  const ollama = createOllama({ baseUrl: fake.url });
  const workflow = await loaded(path('w.yaml'));
  let turn = 0;
  const run = async (world: Partial<World> = {}, after = Number.POSITIVE_INFINITY): Promise<RunEnd> => {
    const journal = await openJournal(path('.millrace/journal.db'));
    const interrupt = new Subject<void>();
    const parallel = given.parallel[turn++ % given.parallel.length] ?? 1;
    let count = 0;
    const note = (): void => {
      if (++count === after) interrupt.next();
    };
    const all: World = { hosts: [ollama], journal, deltas: false, random: () => 0, interrupt, parallel, ...world };
    try {
      const events = await lastValueFrom(runWorkflow(workflow, all).pipe(tap(note), toArray()));
      const end = events.at(-1) as RunEnd;
      if (!end.unchanged) await check(events, path, given);
      return end;
    } finally {
      journal.close();
    }
  };
  try {
    for (const after of given.interrupts) await run({}, after);
    let end = await run();
    for (let more = 0; end.status !== 'done' && more < 60; more++) end = await run();
    for (let more = 0; end.counts.failed > 0 && more < 20; more++) {
      end = await run({ retry: {} });
      for (let again = 0; end.status !== 'done' && again < 60; again++) end = await run();
    }
    expect(end).toMatchObject({ status: 'done', counts: { rows: given.rows, failed: 0 } });
    for (const line of (await readJsonl(path('out.jsonl'))) as unknown as readonly Line[]) checkFields(line);
    const text = await readFile(path('out.jsonl'), 'utf8');
    expect(await run()).toMatchObject({ unchanged: true, counts: end.counts });
    expect(await readFile(path('out.jsonl'), 'utf8')).toBe(text);
    expect(strangers).toEqual([]);
  } finally {
    ollama.close();
    await fake.close();
  }
}

test('every line is made of answers to its own row, once, whatever fails, in whatever order, however often it is interrupted', () =>
  fc.assert(fc.asyncProperty(trouble, endures), {
    numRuns: isLong ? 500 : 12,
    ...(isLong ? {} : { interruptAfterTimeLimit: 20_000 }),
    endOnFailure: !isLong,
  }));
