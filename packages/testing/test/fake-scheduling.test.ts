import { describe, expect, it } from '@jest/globals';
import type { FakeOllama } from '@millrace/testing';
import { ask, open, type Row, readLines, send } from './client.ts';
import { useFakes } from './use-fake.ts';

const start = useFakes();
const generate = (fake: FakeOllama, model: string, more: object = {}) =>
  ask(fake.url, '/api/generate', { model, prompt: 'x', ...more });
const loaded = async (fake: FakeOllama) => {
  const models = ((await ask(fake.url, '/api/ps')).json[0]?.models ?? []) as Row[];
  return models.map((model) => [model.name, model.context_length]);
};

describe('slots', () => {
  it('serve no more requests at once than there are, and the others in order of arrival', async () => {
    const order: string[] = [];
    const fake = await start({
      models: ['m'],
      slots: 2,
      tokenMs: 1,
      answerTokens: 5,
      onEvent: (request, event) => event === 'started' && order.push((request.body as { prompt: string }).prompt),
    });
    const answers = [];
    for (const prompt of ['1', '2', '3', '4', '5', '6']) {
      answers.push(generate(fake, 'm', { prompt }));
      await fake.waitFor(({ total }) => total === answers.length);
    }
    await Promise.all(answers);
    expect(order).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(fake.maxRunning).toBe(2);
    expect([fake.running, fake.inFlight]).toEqual([0, 0]);
  });

  it('are one for an embedding model, whatever the server says', async () => {
    const fake = await start({
      models: [{ name: 'e', capabilities: ['embedding'] }],
      slots: 4,
      promptTokensPerMs: 0.2,
    });
    await Promise.all(Array.from({ length: 4 }, () => ask(fake.url, '/api/embed', { model: 'e', input: 'a b' })));
    expect(fake.maxRunning).toBe(1);
  });

  it('let a loaded model wait without limit and without 503', async () => {
    const fake = await start({ models: ['m'], maxQueue: 1, tokenMs: 1, answerTokens: 2 });
    await generate(fake, 'm', { prompt: '' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => generate(fake, 'm')));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  });

  it('show their waiting only in total_duration', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const answer = async ({ lastText }: { readonly lastText: string }) => {
      if (lastText === 'held') await held;
      return 'word '.repeat(10).trim();
    };
    const fake = await start({ models: ['m'], tokenMs: 5, answer });
    const first = generate(fake, 'm', { prompt: 'held' });
    await fake.waitFor(({ running }) => running === 1);
    const waiting = generate(fake, 'm');
    await fake.waitFor(({ requests }) => requests[1]?.body !== undefined);
    setTimeout(release, 50);
    const [second] = await Promise.all([waiting, first]);
    const { total_duration, load_duration, eval_duration } = second.json.at(-1) as Record<string, number>;
    expect(load_duration).toBeLessThan(20e6);
    expect(eval_duration).toBeGreaterThanOrEqual(50e6);
    expect(total_duration).toBeGreaterThanOrEqual(95e6);
  });
});

describe('the queue for loads', () => {
  it('answers 503 only to those it has no room for', async () => {
    const fake = await start({ models: [{ name: 'm', loadMs: 200 }], maxQueue: 2, slots: 8 });
    const answers = Array.from({ length: 5 }, () => generate(fake, 'm'));
    await fake.waitFor(({ total }) => total === 5);
    expect(fake.queued).toBe(2); // beside the one whose load is under way
    const statuses = (await Promise.all(answers)).map((answer) => answer.status).sort();
    expect(statuses).toEqual([200, 200, 200, 503, 503]);
    expect(fake.loads).toHaveLength(1);
  });

  it('counts the load into load_duration of all that waited for it', async () => {
    const fake = await start({ models: [{ name: 'm', loadMs: 300 }], slots: 2 });
    const answers = await Promise.all([generate(fake, 'm'), generate(fake, 'm')]);
    for (const answer of answers) expect(answer.json.at(-1)?.load_duration).toBeGreaterThanOrEqual(200e6);
  });

  it('is held up by a head that waits for an eviction, though a later request could go at once', async () => {
    const fake = await start({ models: ['a', 'b', 'c'], maxLoadedModels: 1, tokenMs: 5, answerTokens: 20 });
    const order: string[] = [];
    const first = await open(fake.url, '/api/generate', { model: 'a', prompt: 'x' });
    const rest = ['b', 'c', 'b'].map(async (model, index) => {
      await fake.waitFor(({ total }) => total === index + 1);
      await generate(fake, model);
      order.push(model);
    });
    await fake.waitFor(({ queued }) => queued === 2);
    expect(fake.loaded).toEqual(['a:latest']);
    first.outgoing.destroy();
    await Promise.all(rest);
    expect(order).toEqual(['b', 'c', 'b']);
    expect(fake.loads.map((load) => load.model)).toEqual(['a', 'b', 'c', 'b'].map((name) => `${name}:latest`));
    expect(fake.unloads).toEqual(['a', 'b', 'c'].map((name) => `${name}:latest`));
  });

  it('lets requests for a model that is to be evicted attach to it', async () => {
    const fake = await start({ models: ['a', 'b'], maxLoadedModels: 1, slots: 2, tokenMs: 4, answerTokens: 10 });
    const finished: string[] = [];
    const note = (name: string) => () => finished.push(name);
    const one = generate(fake, 'a').then(note('a1'));
    await fake.waitFor(({ running }) => running === 1);
    const other = generate(fake, 'b').then(note('b'));
    await fake.waitFor(({ total }) => total === 2);
    const late = generate(fake, 'a').then(note('a2'));
    await Promise.all([one, other, late]);
    // The answers of the two overlap, and which is read to its end first is their affair.
    expect(finished.slice(0, 2).sort()).toEqual(['a1', 'a2']);
    expect(finished[2]).toBe('b');
    expect(fake.loads).toHaveLength(2);
  });
});

describe('eviction', () => {
  it('takes an idle model first, and of several the one with the shortest keep-alive', async () => {
    const fake = await start({ models: ['a', 'b', 'c', 'd'], maxLoadedModels: 3, tokenMs: 2, answerTokens: 30 });
    await generate(fake, 'b', { keep_alive: '10m' });
    await generate(fake, 'c', { keep_alive: '2m' });
    const busy = await open(fake.url, '/api/generate', { model: 'a', prompt: 'x', keep_alive: 1 });
    await generate(fake, 'd', { prompt: '' });
    expect(fake.unloads).toEqual(['c:latest']);
    busy.outgoing.destroy();
  });
});

describe('a reload', () => {
  it.each([
    [{ options: { num_ctx: 1024 } }, true],
    [{ options: { num_ctx: 2048 } }, false],
    [{ options: { num_ctx: null } }, true],
    [{}, true],
    [{ options: { num_ctx: 2048, temperature: 1, seed: 3, stop: ['x'], num_predict: 9 } }, false],
    [{ options: { num_ctx: 2048, num_batch: 128 } }, true],
    [{ options: { num_ctx: 2048, num_thread: 2 } }, true],
    [{ options: { num_ctx: 2048, use_mmap: true } }, true],
    [{ options: { num_ctx: 2048, num_gpu: 3 } }, true],
    [{ options: { num_ctx: 2048, num_gpu: -1 } }, false],
    [{ options: { num_ctx: 2048 }, shift: true }, false],
    [{ options: { num_ctx: 2048 }, shift: false }, true],
    [{ options: { num_ctx: 2048 }, truncate: false, think: false, format: 'json', keep_alive: 9 }, false],
  ])('after num_ctx 2048, by %j: %p', async (more, reload) => {
    const fake = await start({ models: ['m'] });
    await generate(fake, 'm', { options: { num_ctx: 2048 } });
    await generate(fake, 'm', more);
    expect(fake.loads.map((load) => load.reload)).toEqual(reload ? [false, true] : [false]);
  });

  it('is not needed where both windows lie above what the model was trained for', async () => {
    const fake = await start({ models: [{ name: 'm', contextLength: 1000 }] });
    await generate(fake, 'm', { options: { num_ctx: 2000 } });
    await generate(fake, 'm', { options: { num_ctx: 3000 } });
    expect(fake.loads).toHaveLength(1);
    expect(await loaded(fake)).toEqual([['m:latest', 1000]]);
  });

  it('waits until the running requests are over', async () => {
    const fake = await start({ models: ['m'], slots: 2, tokenMs: 3, answerTokens: 10 });
    const first = generate(fake, 'm');
    await fake.waitFor(({ running }) => running === 1);
    const second = generate(fake, 'm', { options: { num_ctx: 512 } });
    const [answer] = await Promise.all([first, second]);
    expect(answer.json.at(-1)?.done).toBe(true);
    expect(fake.maxRunning).toBe(1);
  });

  it('goes to and fro between two names for the same weights', async () => {
    const fake = await start({
      models: [
        { name: 'one', weights: 'w' },
        { name: 'two', weights: 'w', defaultContext: 512 },
      ],
    });
    for (const name of ['one', 'two', 'one']) await generate(fake, name);
    expect(fake.loads.map((load) => load.reload)).toEqual([false, true, true]);
  });
});

describe('keep_alive', () => {
  it('unloads a model when it has been idle for so long', async () => {
    const fake = await start({ models: ['m'] });
    await generate(fake, 'm', { keep_alive: '80ms' });
    expect(fake.loaded).toEqual(['m:latest']);
    await fake.waitFor(({ loaded: names }) => names.length === 0);
    const { at } = fake.requests[0]?.events.at(-1) ?? { at: 0 };
    expect(performance.now() - at).toBeGreaterThanOrEqual(75);
  });

  it('starts anew with every use, and lasts for later requests that say nothing', async () => {
    const fake = await start({ models: ['m'], tokenMs: 10, answerTokens: 9 });
    await generate(fake, 'm', { keep_alive: '80ms' });
    await generate(fake, 'm');
    expect(fake.loads).toHaveLength(1);
    await fake.waitFor(({ unloads }) => unloads.length === 1);
    const ended = fake.requests[1]?.events.at(-1)?.at ?? 0;
    expect(performance.now() - ended).toBeGreaterThanOrEqual(70);
  });

  it('of 0 unloads right after the answer, but not under another request', async () => {
    const fake = await start({ models: ['m'], slots: 2, tokenMs: 3, answerTokens: 10 });
    const slow = await open(fake.url, '/api/generate', { model: 'm', prompt: 'x' });
    await generate(fake, 'm', { keep_alive: 0, options: { num_predict: 1 } });
    expect(fake.loaded).toEqual(['m:latest']);
    slow.outgoing.destroy();
    await fake.waitFor(({ loaded: names }) => names.length === 0);
  });

  it('of 0 without a prompt unloads at once, also what is not loaded', async () => {
    const fake = await start({ models: ['m'] });
    await generate(fake, 'm');
    expect((await generate(fake, 'm', { prompt: '', keep_alive: 0 })).json[0]?.done_reason).toBe('unload');
    expect(fake.loaded).toEqual([]);
    expect((await ask(fake.url, '/api/chat', { model: 'm', messages: [], keep_alive: 0 })).json[0]?.done_reason).toBe(
      'unload',
    );
    expect(fake.loads).toHaveLength(1);
  });

  it('of -1 is for ever: some 292 years', async () => {
    const fake = await start({ models: ['m'] });
    await generate(fake, 'm', { keep_alive: -1 });
    const [model] = ((await ask(fake.url, '/api/ps')).json[0]?.models ?? []) as Row[];
    expect(String(model?.expires_at)).toMatch(/^23\d\d-/);
  });
});

describe('a client that leaves', () => {
  it('frees its slot in the middle of a stream', async () => {
    const aborted: number[] = [];
    const fake = await start({
      models: ['m'],
      tokenMs: 10,
      answerTokens: 500,
      onAbort: (request) => aborted.push(request.id),
    });
    const first = await open(fake.url, '/api/generate', { model: 'm', prompt: 'x' });
    await readLines(first.incoming, 2);
    first.outgoing.destroy();
    await fake.waitFor(({ running }) => running === 0);
    expect(aborted).toEqual([0]);
    expect(fake.requests[0]?.events.map((event) => event.type)).toEqual(['started', 'firstByte', 'aborted']);
    expect(fake.aborted).toBe(1);
  });

  it('frees its slot before a whole answer that has not begun', async () => {
    const fake = await start({ models: ['m'], tokenMs: 10, answerTokens: 500 });
    const outgoing = send(fake.url, '/api/generate', { model: 'm', prompt: 'x', stream: false });
    await fake.waitFor(({ running }) => running === 1);
    outgoing.destroy();
    await fake.waitFor(({ running }) => running === 0);
    expect(fake.requests[0]?.events.map((event) => event.type)).toEqual(['started', 'aborted']);
  });

  it('gives up its place among those waiting for a slot', async () => {
    const fake = await start({ models: ['m'], tokenMs: 5, answerTokens: 8 });
    const first = generate(fake, 'm');
    await fake.waitFor(({ running }) => running === 1);
    const second = send(fake.url, '/api/generate', { model: 'm', prompt: 'y' });
    await fake.waitFor(({ total }) => total === 2);
    const third = generate(fake, 'm', { prompt: 'z' });
    await fake.waitFor(({ requests }) => (requests[2]?.body as Row | undefined)?.prompt === 'z');
    second.destroy();
    await Promise.all([first, third]);
    expect(fake.requests[1]?.events.map((event) => event.type)).toEqual(['aborted']);
  });

  it('breaks off the load it asked for; the next in the queue loads anew', async () => {
    const fake = await start({ models: [{ name: 'm', loadMs: 100 }] });
    const first = send(fake.url, '/api/generate', { model: 'm', prompt: 'x' });
    await fake.waitFor(({ loads }) => loads.length === 1);
    const second = generate(fake, 'm', { prompt: 'y' });
    await fake.waitFor(({ queued }) => queued === 1);
    first.destroy();
    expect((await second).status).toBe(200);
    expect(fake.loads).toHaveLength(2);
  });

  it('leaves the queue for loads', async () => {
    const fake = await start({ models: [{ name: 'm', loadMs: 100 }] });
    const first = generate(fake, 'm');
    await fake.waitFor(({ loads }) => loads.length === 1);
    const second = send(fake.url, '/api/generate', { model: 'm', prompt: 'y' });
    await fake.waitFor(({ queued }) => queued === 1);
    second.destroy();
    await fake.waitFor(({ queued }) => queued === 0);
    expect((await first).status).toBe(200);
    expect(fake.maxRunning).toBe(1);
  });
});

describe('reading a prompt', () => {
  it('takes its time, but not for the beginning a slot has just read', async () => {
    const fake = await start({ models: ['m'], promptTokensPerMs: 10, answer: () => 'ok' });
    const shared = 'word '.repeat(1000);
    const time = async (prompt: string) =>
      Number((await generate(fake, 'm', { prompt })).json.at(-1)?.prompt_eval_duration) / 1e6;
    expect(await time(`${shared}one`)).toBeCloseTo(100, 0);
    expect(await time(`${shared}two`)).toBeLessThan(2);
    expect(await time(`other ${shared}`)).toBeCloseTo(100, 0);
  });
});

describe('a load that fails', () => {
  it('is a 500, and the next request tries again', async () => {
    const fake = await start({ models: [{ name: 'm', loadError: 'unable to load model: /models/x' }, 'n'] });
    for (const _attempt of [1, 2]) {
      const answer = await generate(fake, 'm');
      expect([answer.status, answer.json[0]]).toEqual([500, { error: 'unable to load model: /models/x' }]);
    }
    expect(fake.loads).toHaveLength(2);
    expect((await generate(fake, 'n')).status).toBe(200);
  });
});

describe('watching', () => {
  it('keeps no requests with record: false, but counts them', async () => {
    const fake = await start({ models: ['m'], record: false });
    await Promise.all([generate(fake, 'm'), generate(fake, 'm')]);
    expect([fake.requests.length, fake.total, fake.inFlight]).toEqual([0, 2, 0]);
    expect(fake.maxInFlight).toBeGreaterThanOrEqual(1);
  });

  it('says what it waited for in vain, and rejects when the server closes', async () => {
    const fake = await start({ models: ['m'] });
    await expect(fake.waitFor(({ total }) => total === 9, { timeoutMs: 20 })).rejects.toThrow('total === 9');
    const waiting = fake.waitFor(({ total }) => total === 9);
    const rejected = expect(waiting).rejects.toThrow('closed');
    await fake.close();
    await rejected;
  });

  it('ends open streams on close', async () => {
    const fake = await start({ models: ['m'], tokenMs: 50, answerTokens: 500 });
    const { incoming } = await open(fake.url, '/api/generate', { model: 'm', prompt: 'x' });
    const reading = expect(readLines(incoming, 1000)).rejects.toThrow('aborted');
    await fake.close();
    await reading;
  });
});
