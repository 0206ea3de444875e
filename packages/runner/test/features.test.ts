import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { builtInKinds, type RunEvent } from '@millrace/runner';
import { composeSchema, type JsonSchema } from '@millrace/schema';
import type { FakeModel, FakeOllamaOptions } from '@millrace/testing';
import { allEvents, fakeHost, folderWith, loaded, ofType } from './scene.ts';

/** A folder of workflows, each with what the server does (`.server.json`) and what must come of it (`.expected.json`). */
const features = fileURLToPath(new URL('./features/', import.meta.url));
const names = (await readdir(features)).filter((file) => file.endsWith('.yaml')).map((file) => file.slice(0, -5));
/** Set to write what comes down as what is expected; read it before it is committed. */
const isUpdate = process.env.UPDATE_FEATURES === '1';

/** What the server does with a prompt that begins with, or holds, these words; the last of the answers stands for all later ones. */
interface Conduct {
  readonly models?: readonly FakeModel[];
  readonly answers?: readonly {
    readonly when: string;
    readonly say?: readonly string[];
    /** A status. */
    readonly fails?: number;
    readonly times?: number;
  }[];
}

/** Without an answer of its own a prompt comes back in `<>`. */
function serverOf({ models = [{ name: 'm' }], answers = [] }: Conduct): FakeOllamaOptions {
  const asked = new Map<string, number>();
  const count = (when: string): number => {
    const before = asked.get(when) ?? 0;
    asked.set(when, before + 1);
    return before;
  };
  const matching = (text: string, fails: boolean) =>
    answers.find((answer) => text.includes(answer.when) && (answer.fails !== undefined) === fails);
  return {
    models,
    faults: ({ body }) => {
      const failing = matching(promptOf(body), true);
      if (!failing || count(failing.when) >= (failing.times ?? Number.POSITIVE_INFINITY)) return undefined;
      return { kind: 'status', status: failing.fails as number, body: { error: 'the server said no' } };
    },
    answer: ({ lastText, body }) => {
      const { say = [], when = '' } = matching(promptOf(body), false) ?? {};
      return say.length === 0 ? `<${lastText}>` : (say[Math.min(count(when), say.length - 1)] as string);
    },
  };
}

/** The prompt, or what the user said last before anything went wrong. */
function promptOf(body: unknown): string {
  const { prompt, messages = [] } = (body ?? {}) as { prompt?: string; messages?: { role: string; content: string }[] };
  return prompt ?? messages.find(({ role }) => role === 'user')?.content ?? '';
}

/** What is the same in every run, row by row and group by group: the order between them is a matter of time. */
function byKey(events: readonly RunEvent[]): Record<string, unknown[]> {
  const sorted: Record<string, unknown[]> = {};
  const reduces = new Set(ofType(events, 'group-end').map(({ step }) => step));
  for (const event of events) {
    const own = 'step' in event && reduces.has(event.step) ? `${event.step}: ` : '';
    const place = 'key' in event ? own + event.key : 'run';
    sorted[place] = [...(sorted[place] ?? []), plain(event)];
  }
  return sorted;
}

/** Without times, addresses and figures. */
function plain(event: RunEvent): unknown {
  const volatile = new Set([
    'at',
    'startedAt',
    'durationMs',
    'ms',
    'host',
    'hosts',
    'usage',
    'tokens',
    'hint',
    'retryable',
    'key',
    'index',
    'to',
  ]);
  return JSON.parse(
    JSON.stringify(event.type === 'run-start' ? { ...event, id: undefined } : event, (name, value) =>
      volatile.has(name) ? undefined : typeof value === 'string' ? withoutPlaces(value) : value,
    ),
  );
}

const withoutPlaces = (text: string): string =>
  text.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'HOST').replaceAll(/\/[^\s`]*millrace-runner-[^/\s`]*/g, 'FOLDER');

describe.each(names)('%s', (name) => {
  test('runs as it is written down', async () => {
    const folder = await folderWith({});
    await cp(features, folder, { recursive: true });
    const before = new Set(await readdir(folder));
    const conduct = JSON.parse(await readFile(join(features, `${name}.server.json`), 'utf8').catch(() => '{}'));
    const { ollama, fake } = await fakeHost(serverOf(conduct));
    const workflow = await loaded(join(folder, `${name}.yaml`));
    const events = await allEvents(workflow, { hosts: [ollama], parallel: 1, deltas: false });
    const written = (await readdir(folder)).filter((file) => !before.has(file)).sort();
    const files = await Promise.all(
      written.map(async (file) => [
        file,
        withoutPlaces(await readFile(join(folder, file), 'utf8'))
          .trimEnd()
          .split('\n'),
      ]),
    );
    const requests = fake.requests.map(({ path, body }) => ({ path, ...(body as object) }));
    const found = JSON.parse(
      JSON.stringify({ requests: requests.sort(bySize), events: byKey(events), files: Object.fromEntries(files) }),
    );
    const expected = join(features, `${name}.expected.json`);
    if (isUpdate) await writeFile(expected, `${JSON.stringify(found, null, 2)}\n`);
    expect(found).toEqual(JSON.parse(await readFile(expected, 'utf8')));
  });
});

/** Requests of several rows come in the order of time. */
const bySize = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

describe('every part of the language has a fixture that runs', () => {
  const texts = Promise.all(names.map((name) => readFile(join(features, `${name}.yaml`), 'utf8')));
  const without = async (keys: readonly string[]): Promise<string[]> => {
    const all = (await texts).join('\n');
    return keys.filter((key) => !new RegExp(`(^|[\\s{,])${key}:`, 'm').test(all));
  };

  test('each kind and each modifier', async () => {
    const steps = property(composeSchema(builtInKinds), 'steps').additionalProperties as JsonSchema;
    const keys = [...new Set(stepKeys(steps))];
    for (const key of ['generate', 'chat', 'embed', 'split', 'set', 'over', 'on_error', 'idle'])
      expect(keys).toContain(key);
    expect(await without(keys)).toEqual([]);
  });

  test.each(['save', 'limits'])('each key of %s', async (section) => {
    expect(await without(keysOf(property(composeSchema(builtInKinds), section).properties))).toEqual([]);
  });

  test('each word of on_error', async () => {
    const all = (await texts).join('\n');
    for (const word of ['fail', 'skip', 'abort', '{ use:', '{ run:']) expect(all).toContain(`on_error: ${word}`);
  });
});

const keysOf = (value: unknown): string[] => Object.keys(value as object);

const property = (schema: JsonSchema, name: string): JsonSchema =>
  (schema.properties as Readonly<Record<string, JsonSchema>>)[name] as JsonSchema;

/** The keys that a step may have, however the schema tells its kinds apart. */
function stepKeys({ properties, then, else: other, anyOf, oneOf }: JsonSchema): string[] {
  const parts = [then, other, anyOf, oneOf].flat().filter((part) => part !== undefined) as JsonSchema[];
  return [...keysOf(properties ?? {}), ...parts.flatMap(stepKeys)];
}
