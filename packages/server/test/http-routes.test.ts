import { readFile } from 'node:fs/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import { createAnswerValidator } from '@millrace/schema';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type Answered, broken, nightly, reviewRows, reviews, type Scene, sceneOf } from './support/http-scene.ts';

jest.setTimeout(60_000);

const files = {
  'reviews.yaml': reviews,
  'reviews.csv': reviewRows,
  'night/nightly.yaml': nightly,
  'broken.yaml': broken,
};

/** Fails the third row and one group. */
const failing = {
  answer: ({ lastText }: { readonly lastText: string }) => `<${lastText}>`,
  faults: ({ body }: { readonly body?: unknown }) =>
    /fine|join .*odd/.test((body as { prompt?: string } | undefined)?.prompt ?? '')
      ? ({ kind: 'status', status: 400, body: { error: 'no, thank you' } } as const)
      : undefined,
};

/** Asks, and compares the answer with the document of the API: with what it says of that status, and of nothing else. */
function checked(scene: Scene, document: Document) {
  const check = (method: 'get' | 'post', path: string, answer: Answered): Answered => {
    const [route, operations] = entryOf(document, path.replace(/\?.*/, ''));
    const responses = operations[method]?.responses ?? {};
    const said = responses[answer.status] ?? (answer.status >= 400 ? responses.default : undefined);
    const schema = said?.content?.['application/json']?.schema;
    if (!schema)
      throw new Error(`${method} ${route} does not say what ${answer.status} is: ${JSON.stringify(answer.body)}`);
    expect({
      route,
      problems: createAnswerValidator({ ...schema, components: document.components })(answer.body),
    }).toEqual({
      route,
      problems: [],
    });
    return answer;
  };
  return {
    get: async (path: string) => check('get', path, await scene.get(path)),
    post: async (path: string, body?: unknown) => check('post', path, await scene.post(path, body)),
  };
}

type Operation = {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Record<string, unknown> }>> }>
  >;
};

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Record<string, unknown>;
}

function entryOf({ paths }: Document, path: string) {
  const entries = Object.entries(paths).filter(([route]) => {
    const pattern = route === '/api/workflows/{id}' ? '/api/workflows/.+' : route.replaceAll(/\{[^}]+\}/g, '[^/]+');
    return new RegExp(`^${pattern}$`).test(path);
  });
  // What is written out comes before what has a parameter there.
  const [entry] = entries.sort(([a], [b]) => Number(a.includes('{')) - Number(b.includes('{')));
  if (!entry) throw new Error(`no route for ${path}`);
  return entry;
}

async function scene() {
  const made = await sceneOf({ files, host: failing });
  const document = (await made.get('/openapi.json')).body as Document;
  return { ...made, ...checked(made, document), document };
}

describe('the document of the API', () => {
  test('is valid OpenAPI, and has exactly the routes that are answered', async () => {
    const { document, server } = await scene();
    const validator = new Validator();
    expect(await validator.validate(structuredClone(document) as unknown as Record<string, unknown>)).toMatchObject({
      valid: true,
    });
    expect(validator.version).toBe('3.1');
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const answered = server.routes.map((route) => route.replace('*', '{id}').replaceAll(/:(\w+)/g, '{$1}'));
    expect(described.sort()).toEqual([...answered].sort());
    expect(described.length).toBeGreaterThan(20);
  });

  test('describes each route, parameter and field', async () => {
    const { document } = await scene();
    const bare: string[] = [];
    const look = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const schema = value as Record<string, unknown>;
      for (const [name, property] of Object.entries((schema.properties as Record<string, object>) ?? {})) {
        if (!('description' in property) && !('$ref' in property)) bare.push(`${path}.${name}`);
      }
      for (const [name, part] of Object.entries(schema)) look(part, `${path}.${name}`);
    };
    look(document.components, 'components');
    look(document.paths, 'paths');
    // What stands in a list or an object is described where that is.
    expect(bare.filter((path) => !/\.(error|owner|paused)$/.test(path))).toEqual([]);
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const operation of Object.values(operations)) {
        const { summary, operationId, tags, parameters = [] } = operation as unknown as Record<string, unknown[]>;
        expect({ path, has: [Boolean(summary), Boolean(operationId), tags?.length] }).toEqual({
          path,
          has: [true, true, 1],
        });
        for (const parameter of parameters)
          expect({ path, parameter }).toMatchObject({ parameter: { description: expect.any(String) } });
      }
    }
  });
});

describe('workflows', () => {
  test('are listed with their inputs, problems and schedules', async () => {
    const { get } = await scene();
    const { body } = await get('/api/workflows');
    expect(body.workflows.map(({ id }: { id: string }) => id)).toEqual([
      'broken.yaml',
      'night/nightly.yaml',
      'reviews.yaml',
    ]);
    expect(body.workflows[0].problems[0]).toMatchObject({ severity: 'error', line: 1 });
    expect(body.workflows[1].schedule).toMatchObject({ when: expect.stringContaining('0 2 * * *'), failing: false });
    expect(body.workflows[2].inputs).toEqual({
      tone: { type: 'string', default: 'plain', description: 'How it is said.' },
    });
    for (const id of ['night/nightly.yaml', 'night%2Fnightly.yaml']) {
      expect((await get(`/api/workflows/${id}`)).body).toEqual(body.workflows[1]);
    }
    const missing = await get('/api/workflows/reviews.yml');
    expect(missing).toMatchObject({ status: 404, body: { error: { code: 'WORKFLOW_NOT_FOUND' } } });
    expect(missing.body.error.hint).toContain('reviews.yaml');
  });
});

describe('runs', () => {
  test('are begun, listed and shown', async () => {
    const { get, post, ended, folder } = await scene();
    expect((await get('/api/runs')).body).toEqual({ runs: [] });
    expect((await get('/api/runs/last')).status).toBe(404);
    const begun = await post('/api/runs', { workflow: 'reviews.yaml', inputs: { tone: 'loud' } });
    expect([begun.status, begun.headers.get('location')]).toEqual([201, `/api/runs/${begun.body.id}`]);
    await ended(begun.body.id);
    const { body } = await get('/api/runs');
    expect(body.runs).toEqual([
      {
        id: begun.body.id,
        workflow: 'reviews',
        file: `${folder}/reviews.yaml`,
        status: 'done',
        started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        ended_at: expect.stringMatching(/Z$/),
        counts: { rows: 4, ok: 3, degraded: 0, failed: 1, skipped: 0 },
      },
    ]);
    for (const word of [begun.body.id, 'last', begun.body.id.slice(-6)]) {
      const shown = await get(`/api/runs/${word}`);
      expect(shown.body).toMatchObject({
        ...body.runs[0],
        invocation: { inputs: { tone: 'loud' } },
        models: { m: expect.any(String) },
        groups: { ok: 1, failed: 1, skipped: 0 },
        tokens: { prompt_tokens: expect.any(Number), output_tokens: expect.any(Number) },
        retry_causes: expect.any(Object),
      });
      expect(shown.body.causes.flatMap(({ keys }: { keys: string[] }) => keys)).toContain('c');
      expect(shown.body.files).toContainEqual({
        path: `${folder}/out.jsonl`,
        bytes: expect.any(Number),
        finished: true,
      });
    }
    expect(await readFile(`${folder}/out.jsonl`, 'utf8')).toContain('<loud: good>');
  });

  test('are paged by cursor, and chosen by workflow and status', async () => {
    const { get, post, ended } = await scene();
    const ids: string[] = [];
    for (const tone of ['a', 'b', 'c', 'd', 'e']) {
      const { body } = await post('/api/runs', { workflow: 'reviews.yaml', inputs: { tone } });
      await ended(body.id);
      ids.unshift(body.id);
    }
    const pages: string[][] = [];
    let path = '/api/runs?limit=2';
    for (;;) {
      const { body } = await get(path);
      pages.push(body.runs.map(({ id }: { id: string }) => id));
      if (body.next === undefined) break;
      path = `/api/runs?limit=2&before=${body.next}`;
    }
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    const idsOf = async (query: string): Promise<string[]> =>
      (await get(`/api/runs?${query}`)).body.runs.map(({ id }: { id: string }) => id);
    expect(await idsOf('workflow=reviews.yaml')).toEqual(ids);
    expect(await idsOf('workflow=reviews')).toEqual(ids);
    expect(await idsOf('workflow=night/nightly.yaml')).toEqual([]);
    expect(await idsOf('status=done&limit=5')).toEqual(ids);
    expect(await idsOf('status=running')).toEqual([]);
  });

  test('are cancelled, go on, and try again what failed', async () => {
    let hold = true;
    const held = {
      ...failing,
      answer: async ({ lastText }: { lastText: string }) => {
        while (hold) await new Promise((resolve) => setTimeout(resolve, 10));
        return `<${lastText}>`;
      },
    };
    const made = await sceneOf({ files, host: held });
    const { get, post } = checked(made, (await made.get('/openapi.json')).body);
    const {
      body: { id },
    } = await post('/api/runs', { workflow: 'reviews.yaml' });
    expect((await get(`/api/runs/${id}`)).body).toMatchObject({ status: 'running', owner: { pid: process.pid } });
    expect(await post(`/api/runs/${id}/resume`)).toMatchObject({ status: 409, body: { error: { code: 'RUN_BUSY' } } });
    const cancelled = await post('/api/runs/last/cancel');
    expect(cancelled).toMatchObject({ status: 200, body: { id, status: 'interrupted' } });
    expect(await post(`/api/runs/${id}/cancel`)).toMatchObject({
      status: 409,
      body: { error: { code: 'USAGE_INVALID' } },
    });
    hold = false;
    expect((await post(`/api/runs/${id}/resume`)).body).toEqual({ id });
    await made.ended(id);
    expect((await get(`/api/runs/${id}`)).body).toMatchObject({ status: 'done', counts: { ok: 3, failed: 1 } });
    const asked = made.fake.requests.length;
    const forOther = await post(`/api/runs/${id}/retry`, { cause: 'busy' });
    expect(forOther).toMatchObject({
      status: 409,
      body: { error: { hint: expect.stringContaining('BAD_REQUEST (') } },
    });
    expect((await post(`/api/runs/${id}/retry`, {})).body).toEqual({ id });
    await made.ended(id);
    expect(made.fake.requests.length).toBeGreaterThan(asked);
    expect((await get(`/api/runs/${id}`)).body.counts).toMatchObject({ rows: 4, ok: 3, failed: 1 });
  });

  test('of which nothing failed are not tried again', async () => {
    const made = await sceneOf({ files });
    const id = await made.run();
    const asked = made.fake.requests.length;
    const { status, body } = await made.post(`/api/runs/${id}/retry`);
    expect([status, body.error.code]).toEqual([409, 'USAGE_INVALID']);
    expect(made.fake.requests).toHaveLength(asked);
  });

  test('that cannot begin say why', async () => {
    const { post } = await scene();
    const cases: [unknown, number, string][] = [
      [{ workflow: 'broken.yaml' }, 422, 'WORKFLOW_INVALID'],
      [{ workflow: 'nowhere.yaml' }, 404, 'WORKFLOW_NOT_FOUND'],
      [{ workflow: 'reviews.yaml', inputs: { tome: 'x' } }, 400, 'INPUT_INVALID'],
      [{ workflow: 'reviews.yaml', inputs: { tone: null } }, 400, 'USAGE_INVALID'],
      [{ workflow: 'reviews.yaml', mode: 'again' }, 400, 'USAGE_INVALID'],
      [{ workflow: 'reviews.yaml', file: '/etc/passwd' }, 400, 'USAGE_INVALID'],
      [{ workflow: 5 }, 400, 'USAGE_INVALID'],
      [{}, 400, 'USAGE_INVALID'],
      [[], 400, 'USAGE_INVALID'],
      ['', 400, 'USAGE_INVALID'],
    ];
    for (const [body, status, code] of cases) {
      expect({ body, answer: await post('/api/runs', body) }).toMatchObject({
        body,
        answer: { status, body: { error: { code } } },
      });
    }
  });
});

describe('rows', () => {
  test('are paged by their place, and chosen by how they ended', async () => {
    const { get, run } = await scene();
    await run();
    const all = (await get('/api/runs/last/rows')).body;
    expect(all.rows).toMatchObject([
      { key: 'a/1', index: 0, place: 'line 2', status: 'ok', result: { say: '<plain: good>' } },
      { key: 'b', index: 1, status: 'ok' },
      {
        key: 'c',
        index: 2,
        status: 'failed',
        error: { code: 'STEP_FAILED', cause: { message: expect.stringContaining('thank you') } },
        attempts: 1,
      },
      { key: 'd', index: 3, status: 'ok' },
    ]);
    expect(all.next).toBeUndefined();
    const first = (await get('/api/runs/last/rows?status=ok&limit=2')).body;
    expect(first.rows.map(({ key }: { key: string }) => key)).toEqual(['a/1', 'b']);
    const second = (await get(`/api/runs/last/rows?status=ok&limit=2&after=${first.next}`)).body;
    expect(second.rows).toEqual([all.rows[3]]);
    expect(second.next).toBeUndefined();
    expect((await get('/api/runs/last/rows?status=failed')).body.rows).toEqual([all.rows[2]]);
    expect((await get('/api/runs/last/rows?status=skipped')).body).toEqual({ rows: [] });
    const groups = (await get('/api/runs/last/rows?step=sum')).body.rows;
    expect(groups).toMatchObject([
      { step: 'sum', key: 'tea', status: 'ok', result: { group: 'tea', count: 2 } },
      { step: 'sum', key: 'pot', status: 'failed' },
    ]);
  });

  test('are shown with all that was asked, by keys with slashes too', async () => {
    const { get, run } = await scene();
    await run();
    const { body } = await get('/api/runs/last/rows/a%2F1');
    expect(body).toMatchObject({
      key: 'a/1',
      answers: [
        {
          step: 'say',
          attempt: 1,
          text: '<plain: good>',
          truncated: false,
          sent: [{ content: 'plain: good' }],
          usage: { output_tokens: expect.any(Number) },
        },
      ],
    });
    expect((await get('/api/runs/last/rows/c')).body.failures).toMatchObject([
      { step: 'say', error: { code: 'BAD_REQUEST' } },
    ]);
    expect((await get('/api/runs/last/rows/tea')).body).toMatchObject({ step: 'sum', status: 'ok' });
    expect(await get('/api/runs/last/rows/zzz')).toMatchObject({
      status: 404,
      body: { error: { code: 'USAGE_INVALID' } },
    });
    expect((await get(`/api/runs/last/rows/${'k'.repeat(5_000)}`)).status).toBeGreaterThanOrEqual(400);
  });

  test('of wrong questions are refused, each with what would be right', async () => {
    const { get, run } = await scene();
    await run();
    for (const query of [
      'limit=0',
      'limit=1001',
      'limit=x',
      'limit=1.5',
      'after=-2',
      'status=fine',
      'order=down',
      'limit=1&limit=2',
    ]) {
      const { status, body } = await get(`/api/runs/last/rows?${query}`);
      expect([query, status, body.error.code]).toEqual([query, 400, 'USAGE_INVALID']);
      expect(body.error.hint).toContain('openapi.json');
    }
  });
});

describe('schedules', () => {
  test('are listed, paused, resumed, triggered and filled up', async () => {
    const { get, post } = await scene();
    const workflow = 'night/nightly.yaml';
    const { body } = await get('/api/schedules');
    expect(body.schedules).toMatchObject([{ workflow, failures: 0, failing: false, next: expect.any(String) }]);
    expect((await post('/api/schedules/pause', { workflow })).body).toMatchObject({ workflow, paused: { by: 'user' } });
    expect((await get('/api/schedules')).body.schedules[0].paused.by).toBe('user');
    expect((await post('/api/schedules/resume', { workflow })).body.paused).toBeUndefined();
    const { due } = (await post('/api/schedules/trigger', { workflow })).body;
    const filled = await post('/api/schedules/backfill', {
      workflow,
      from: '2026-11-01T00:00:00+01:00',
      to: '2026-11-03T00:00:00Z',
    });
    expect(filled.body).toEqual({ dues: ['2026-11-01T01:00:00.000Z', '2026-11-02T01:00:00.000Z'] });
    const dues = (await get(`/api/schedules/dues?workflow=${workflow}`)).body.dues;
    expect(dues.map((one: { due: string; cause: string }) => [one.due, one.cause])).toEqual([
      [due, 'trigger'],
      ['2026-11-02T01:00:00.000Z', 'backfill'],
      ['2026-11-01T01:00:00.000Z', 'backfill'],
    ]);
    expect((await get(`/api/schedules/dues?workflow=${workflow}&limit=1`)).body.dues).toHaveLength(1);
  });

  test('that are not there are refused', async () => {
    const { get, post } = await scene();
    expect((await post('/api/schedules/trigger', { workflow: 'reviews.yaml' })).body.error).toMatchObject({
      code: 'USAGE_INVALID',
    });
    expect((await post('/api/schedules/pause', { workflow: 'nowhere.yaml' })).status).toBe(404);
    expect((await get('/api/schedules/dues')).status).toBe(400);
    const from = '2026-11-01';
    expect((await post('/api/schedules/backfill', { workflow: 'night/nightly.yaml', from, to: from })).status).toBe(
      400,
    );
    const years = { from: '1990-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' };
    expect((await post('/api/schedules/backfill', { workflow: 'night/nightly.yaml', ...years })).body.error.code).toBe(
      'USAGE_INVALID',
    );
  });
});

describe('hosts and models', () => {
  test('are asked now, and one that does not answer is a value', async () => {
    const dead = createOllama({ baseUrl: 'http://127.0.0.1:9' });
    const made = await sceneOf({ files, others: [dead] });
    const { get } = checked(made, (await made.get('/openapi.json')).body);
    await made.run();
    const { hosts } = (await get('/api/hosts')).body;
    expect(hosts).toMatchObject([
      { url: made.fake.url, version: '0.32.15', installed: 1, loaded: [{ name: expect.stringMatching(/^m/) }] },
      { url: 'http://127.0.0.1:9', error: { code: 'OLLAMA_UNREACHABLE' } },
    ]);
    const { models, errors } = (await get('/api/models')).body;
    expect(models).toMatchObject([
      { name: expect.stringMatching(/^m/), hosts: [made.fake.url], loaded_on: [made.fake.url] },
    ]);
    expect(errors).toMatchObject([{ host: 'http://127.0.0.1:9', error: { code: 'OLLAMA_UNREACHABLE' } }]);
    dead.close();
  });
});

describe('health', () => {
  test('tells of schedules that fail, and of a server that stops', async () => {
    const { get, daemon } = await scene();
    expect((await get('/healthz')).body).toEqual({ status: 'ok', failing: 0 });
    expect((await get('/readyz')).body).toEqual({ status: 'ready' });
    const stopping = daemon.stop();
    expect(await get('/readyz')).toMatchObject({ status: 503, body: { error: { code: 'SERVER_BUSY' } } });
    expect((await get('/healthz')).status).toBe(200);
    await stopping;
  });

  test('figures are those of the journal, and of the process', async () => {
    const { server, run, get: _ } = await scene();
    const read = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();
    expect(await read()).toContain('millrace_runs{state="done"} 0');
    await run();
    const text = await read();
    for (const line of [
      'millrace_runs{state="done"} 1',
      'millrace_rows{status="ok"} 3',
      'millrace_rows{status="failed"} 1',
      'millrace_schedules_failing 0',
      'millrace_dues{state="waiting"} 0',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    for (const name of [
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
      'millrace_http_request_seconds_bucket',
    ]) {
      expect(text).toContain(name);
    }
    expect(text).toContain('route="/api/runs"');
  });
});

test('what is not there is told in the one form of errors', async () => {
  const { get, post } = await sceneOf({ files });
  for (const path of ['/', '/api', '/api/nothing', '/api/runs/', '/api/runs/last/nothing']) {
    expect(await get(path)).toMatchObject({
      status: 404,
      body: { error: { message: expect.any(String), hint: expect.any(String) } },
    });
  }
  expect((await post('/api/workflows')).body.error.code).toBe('ROUTE_NOT_FOUND');
  expect((await get('/api/workflows/%ZZ')).status).toBe(400);
});
