import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openJournal, type RunEvent, runWorkflow } from '@millrace/runner';
import * as telemetry from '@millrace/telemetry';
import { traceRun } from '@millrace/telemetry';
import { context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { EMPTY, firstValueFrom, identity, lastValueFrom, NEVER, Subject, tap, throwError, toArray } from 'rxjs';
import { pathOf, recorder, type Seen, sorted, sortOf, timeOf, treeOf } from './recorder.ts';
import { afterTest, fakeHost, flow, folderWith, loaded, onQuestion, traced } from './scene.ts';

test('the package exports these functions and no others', () => {
  expect(Object.keys(telemetry).sort()).toEqual(['parentFrom', 'traceRun']);
});

const idOf = (seen: Seen): unknown => seen.attributes['millrace.step.id'];
const attributesOf = (seen: readonly Seen[], name: string): unknown[] => seen.map(({ attributes }) => attributes[name]);

/** All spans below the run, each in the one that it belongs to, and inside its time. */
function expectWhole(seen: readonly Seen[], open: number): void {
  expect(open).toBe(0);
  const paths: Record<string, string> = {
    run: 'run',
    load: 'run load',
    row: 'run row',
    group: 'run group',
    step: 'step',
    call: 'call',
  };
  for (const one of seen) {
    const path = pathOf(one).join(' ');
    if (one.parent && sortOf(one) !== 'load') {
      expect(timeOf(one.span.startTime)).toBeGreaterThanOrEqual(timeOf(one.parent.span.startTime));
      expect(timeOf(one.span.endTime)).toBeLessThanOrEqual(timeOf(one.parent.span.endTime));
    }
    if (sortOf(one) === 'call') expect(path).toMatch(/^run (row|group) step call$/);
    else if (sortOf(one) === 'step') expect(path).toMatch(/^run (row|group) step$/);
    else expect(path).toBe(paths[sortOf(one)]);
    if (sortOf(one) === 'call') expect(idOf(one)).toBe(idOf(one.parent as Seen));
  }
}

describe('a run', () => {
  test('has a span for itself, each row, step and call, with the names of the conventions', async () => {
    const { workflow } = await flow(
      `  a: { generate: "\${row.text}", options: { num_predict: 50 } }
  b: { chat: [{ user: "\${a}" }] }
  c: { embed: "\${b}" }
  d: { set: "\${a + b}" }`,
      ['one', 'two'],
    );
    const { ollama, fake } = await fakeHost({
      models: [{ name: 'm', capabilities: ['completion', 'embedding'] }],
      answer: () => 'three words now',
    });
    const { ended, open, said } = await traced(workflow, { hosts: [ollama] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    expect(seen.map(sortOf).sort()).toEqual([
      ...Array(6).fill('call'),
      ...Array(seen.filter((one) => sortOf(one) === 'load').length).fill('load'),
      'row',
      'row',
      'run',
      ...Array(8).fill('step'),
    ]);
    const [run] = sorted(seen, 'run');
    const { tokens, counts } = said.at(-1) as Extract<RunEvent, { type: 'run-end' }>;
    expect(run?.name).toBe('millrace.run w');
    expect(run?.attributes).toEqual({
      'millrace.workflow.name': 'w',
      'millrace.run.id': (said[0] as { id: string }).id,
      'millrace.run.found': 'nothing',
      'millrace.run.status': 'done',
      'millrace.rows.ok': counts.ok,
      'millrace.rows.degraded': 0,
      'millrace.rows.failed': 0,
      'millrace.rows.skipped': 0,
      'millrace.rows.reused': 0,
      'millrace.tokens.input': tokens.promptTokens,
      'millrace.tokens.output': tokens.outputTokens,
    });
    expect(sorted(seen, 'row').map(({ attributes }) => attributes)).toEqual([
      { 'millrace.row.key': '0', 'millrace.row.index': 0, 'millrace.row.status': 'ok' },
      { 'millrace.row.key': '1', 'millrace.row.index': 1, 'millrace.row.status': 'ok' },
    ]);
    const calls = sorted(seen, 'call').filter(({ parent }) => parent?.parent?.attributes['millrace.row.key'] === '1');
    expect(calls.map(({ name }) => name)).toEqual(['text_completion m', 'chat m', 'embeddings m']);
    const { hostname, port } = new URL(fake.url);
    expect(calls[0]?.attributes).toEqual({
      'gen_ai.operation.name': 'text_completion',
      'gen_ai.provider.name': 'ollama',
      'gen_ai.request.model': 'm',
      'gen_ai.response.model': 'm:latest',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': expect.any(Number),
      'gen_ai.usage.output_tokens': 3,
      'server.address': hostname,
      'server.port': Number(port),
      'millrace.step.id': 'a',
      'millrace.call.attempt': 1,
      'millrace.call.status': 'ok',
    });
    expect(attributesOf(calls, 'gen_ai.operation.name')).toEqual(['text_completion', 'chat', 'embeddings']);
    expect(calls[2]?.attributes).not.toHaveProperty(['gen_ai.response.finish_reasons']);
    // The tokens of all calls are those of the run.
    const sumOf = (name: string) =>
      sorted(seen, 'call').reduce((sum, { attributes }) => sum + Number(attributes[name]), 0);
    expect([sumOf('gen_ai.usage.input_tokens'), sumOf('gen_ai.usage.output_tokens')]).toEqual([
      tokens.promptTokens,
      tokens.outputTokens,
    ]);
    for (const one of seen) {
      expect(one.span.kind).toBe(['call', 'load'].includes(sortOf(one)) ? SpanKind.CLIENT : SpanKind.INTERNAL);
      expect(one.isError).toBe(false);
    }
  });

  test('passes its events as they are, and says calls only where it is asked to', async () => {
    const { workflow } = await flow('  a: { generate: "${row.text}" }', ['one', 'two']);
    const { ollama } = await fakeHost();
    const plain = await lastValueFrom(runWorkflow(workflow, { hosts: [ollama], mode: 'new' }).pipe(toArray()));
    expect(plain.some(({ type }) => type.startsWith('call-'))).toBe(false);
    const before: RunEvent[] = [];
    const record = recorder();
    const after = await lastValueFrom(
      runWorkflow(workflow, { hosts: [ollama], mode: 'new', calls: true }).pipe(
        tap((event) => void before.push(event)),
        traceRun({ tracer: record.tracer }),
        toArray(),
      ),
    );
    expect(after.length).toBe(before.length);
    for (const [index, event] of after.entries()) expect(event).toBe(before[index]);
    expect(after.filter(({ type }) => type === 'call-start')).toHaveLength(2);
    expect(after.filter(({ type }) => type === 'call-end')).toHaveLength(2);
  });

  test('without calls has all spans but those of calls, and they end too', async () => {
    const { workflow } = await flow('  a: { generate: "${row.text}" }', ['one', 'two']);
    const { ollama } = await fakeHost();
    const { ended, open } = await traced(workflow, { hosts: [ollama], calls: false });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    expect(sorted(seen, 'step')).toHaveLength(2);
    expect(sorted(seen, 'call')).toHaveLength(0);
  });

  test('says nothing of prompts, answers, columns and what errors quote', async () => {
    const secret = 'Rumpelstilzchen';
    const { workflow } = await flow(
      `  a: { generate: "Say \${row.text}", returns: { x: number }, retry: 1, on_error: { use: { x: 0 } } }
  b: { generate: "\${row.text}" }
  c: { set: "\${a.x >= 0.0 ? double(b) : 0.0}" }`,
      [secret, secret],
    );
    const { ollama } = await fakeHost({ answer: () => secret });
    const { ended, said } = await traced(workflow, { hosts: [ollama] });
    // It was all over the events.
    expect(JSON.stringify(said).split(secret).length).toBeGreaterThan(10);
    const sent = ended.map(({ name, attributes, events, status, links }) => ({
      name,
      attributes,
      events,
      status,
      links,
    }));
    expect(JSON.stringify(sent)).not.toContain(secret);
    expect(JSON.stringify(sent)).toContain('ANSWER_INVALID');
  });

  test('has the times of the clock that it is given', async () => {
    const { workflow } = await flow('  a: { set: "1" }');
    let time = 1_500;
    const { ended } = await traced(workflow, { hosts: [] }, { now: () => (time += 0.25) });
    const [run] = sorted(treeOf(ended), 'run');
    expect(timeOf((run as Seen).span.startTime)).toBe(1_500.25);
    expect(timeOf((run as Seen).span.endTime)).toBe(time);
  });

  test('is a part of what is active when it is subscribed to, or of the parent that is given', async () => {
    const { workflow } = await flow('  a: { set: "1" }');
    const { tracer, ended } = recorder();
    const outer = tracer.startSpan('outer');
    const parent = trace.setSpan(ROOT_CONTEXT, outer);
    await lastValueFrom(runWorkflow(workflow, { hosts: [] }).pipe(traceRun({ tracer, parent })));
    expect(ended.find(({ name }) => name === 'millrace.run w')?.parentSpanContext?.spanId).toBe(
      outer.spanContext().spanId,
    );

    const { AsyncLocalStorageContextManager } = await import('@opentelemetry/context-async-hooks');
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    afterTest(() => context.disable());
    const run$ = runWorkflow(workflow, { hosts: [], mode: 'new' }).pipe(traceRun({ tracer }));
    const active = tracer.startSpan('active');
    await context.with(trace.setSpan(ROOT_CONTEXT, active), () => lastValueFrom(run$));
    expect(ended.findLast(({ name }) => name === 'millrace.run w')?.parentSpanContext?.spanId).toBe(
      active.spanContext().spanId,
    );
  });
});

describe('a step', () => {
  test('with for has a call for each element below its one span', async () => {
    const { workflow } = await flow(`  a: { for: "\${['x', 'y', 'z']}", generate: "\${item} \${row.text}" }`, [
      'one',
      'two',
    ]);
    const { ollama } = await fakeHost();
    const { ended, open } = await traced(workflow, { hosts: [ollama] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    expect(sorted(seen, 'step')).toHaveLength(2);
    for (const { children } of sorted(seen, 'step'))
      expect(attributesOf(children, 'millrace.call.element').sort()).toEqual([0, 1, 2]);
  });

  test('with repeat has a call for each round', async () => {
    const { workflow } = await flow('  a: { generate: "more", repeat: { until: "${a == \'third\'}", max: 5 } }', [
      'one',
    ]);
    const answers = ['first', 'second', 'third'];
    const { ollama } = await fakeHost({ answer: () => answers.shift() ?? 'none' });
    const { ended, open } = await traced(workflow, { hosts: [ollama] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    expect(sorted(seen, 'step')).toHaveLength(1);
    expect(attributesOf(sorted(seen, 'call'), 'millrace.call.round')).toEqual([0, 1, 2]);
  });

  test('that is tried again has a call for each attempt, with why it failed, and an event between them', async () => {
    const { workflow } = await flow(
      '  a: { generate: "${row.text}", returns: { n: number }, retry: { busy: 1, invalid: 1 } }',
      ['one'],
    );
    const answers = ['no number', '{"n": 1}'];
    const { ollama } = await fakeHost({
      answer: () => answers.shift() ?? '',
      faults: onQuestion((_, count) =>
        count === 0 ? { kind: 'status', status: 503, body: { error: 'busy' } } : undefined,
      ),
    });
    const { ended, open } = await traced(workflow, { hosts: [ollama] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    const calls = sorted(seen, 'call');
    expect(
      calls.map(({ attributes, isError }) => [
        attributes['millrace.call.attempt'],
        attributes['millrace.call.status'],
        attributes['error.type'],
        isError,
      ]),
    ).toEqual([
      [1, 'failed', 'OLLAMA_BUSY', true],
      [2, 'failed', 'ANSWER_INVALID', true],
      [3, 'ok', undefined, false],
    ]);
    // An answer that was refused has cost its tokens.
    expect(attributesOf(calls, 'gen_ai.usage.output_tokens')).toEqual([undefined, 2, expect.any(Number)]);
    const [step] = sorted(seen, 'step');
    expect(step?.isError).toBe(false);
    expect(step?.span.events.map(({ name, attributes }) => [name, attributes?.['error.type']])).toEqual([
      ['millrace.retry', 'OLLAMA_BUSY'],
      ['millrace.retry', 'ANSWER_INVALID'],
    ]);
  });

  test('whose prompt is cut has a call for each piece', async () => {
    const text = Array.from({ length: 400 }, (_, n) => `Sentence ${n} says that the mill turns by day.`).join(' ');
    const { workflow } = await flow(
      '  a: { generate: "Read: ${row.text}", on_overflow: split, options: { num_predict: 500 } }',
      [text],
    );
    const { ollama } = await fakeHost({ models: [{ name: 'm', contextLength: 2048 }], answer: () => 'read' });
    const { ended, open } = await traced(workflow, { hosts: [ollama] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    const pieces = attributesOf(sorted(seen, 'call'), 'millrace.call.piece');
    expect(pieces.length).toBeGreaterThan(2);
    expect(new Set(pieces)).toEqual(new Set(pieces.map((_, index) => String(index))));
    expect(sorted(seen, 'step')).toHaveLength(1);
  });

  test('that fails ends with the code of its cause, and so does its row; the other steps of the row are cancelled', async () => {
    const { workflow } = await flow(
      `  bad: { generate: "bad \${row.text}" }
  slow: { generate: "slow \${row.text}" }`,
      ['one'],
    );
    const { ollama, fake } = await fakeHost({
      faults: onQuestion((body) =>
        body.prompt?.startsWith('bad') ? { kind: 'status', status: 400, body: { error: 'no' } } : { kind: 'stall' },
      ),
    });
    const { ended, open } = await traced(workflow, { hosts: [ollama] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    const code = sorted(seen, 'call').find((call) => idOf(call) === 'bad')?.attributes['error.type'];
    expect(code).toMatch(/^[A-Z_]+$/);
    expect(code).not.toBe('STEP_FAILED');
    const steps = Object.fromEntries(
      sorted(seen, 'step').map((step) => [
        idOf(step),
        [step.attributes['millrace.step.status'], step.attributes['error.type']],
      ]),
    );
    expect(steps).toEqual({ bad: ['failed', code], slow: ['cancelled', undefined] });
    expect(sorted(seen, 'row')[0]).toMatchObject({
      isError: true,
      attributes: { 'millrace.row.status': 'failed', 'millrace.row.failed_step': 'bad', 'error.type': code },
    });
    const slow = sorted(seen, 'call').find((call) => idOf(call) === 'slow');
    expect(slow).toMatchObject({ isError: false, attributes: { 'millrace.call.status': 'cancelled' } });
    expect(sorted(seen, 'run')[0]).toMatchObject({ isError: false, attributes: { 'millrace.rows.failed': 1 } });
    expect(fake.running).toBe(0);
  });

  test('whose failure is taken care of says so, and its row does not fail', async () => {
    const { workflow } = await flow(
      `  a: { generate: "\${row.text}", returns: { n: number }, retry: 0, on_error: skip }
  b: { when: "\${false}", set: "1" }
  c: { generate: "\${string(1.0 / double(row.id))}", on_error: { use: "x" } }`,
      ['one'],
    );
    const { ollama } = await fakeHost({ answer: () => 'no number' });
    const { ended, open } = await traced(workflow, { hosts: [ollama] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    const steps = sorted(seen, 'step').map((step) => [
      idOf(step),
      step.attributes['millrace.step.status'],
      step.attributes['error.type'],
      step.isError,
    ]);
    expect(steps.sort()).toEqual([
      ['a', 'skipped', 'ANSWER_INVALID', true],
      ['c', 'ok', 'EXPRESSION_FAILED', true],
    ]);
    expect(sorted(seen, 'row')[0]).toMatchObject({
      isError: false,
      attributes: { 'millrace.row.status': 'degraded', 'millrace.row.steps_skipped': 1 },
    });
  });
});

describe('rows', () => {
  test('that wait for a later stage have a span in each, and no step has two', async () => {
    const { workflow } = await flow(
      `  one: { model: a, generate: "one \${row.text}" }
  two: { model: b, generate: "two \${one}" }`,
      ['x', 'y', 'z'],
    );
    const { ollama } = await fakeHost({ models: ['a', 'b'], maxLoadedModels: 1 });
    const { ended, open } = await traced(workflow, { hosts: [ollama] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    const rows = sorted(seen, 'row').map(({ attributes, children }) => [
      attributes['millrace.row.key'],
      attributes['millrace.row.status'],
      attributes['millrace.row.waits_for'],
      children.map(idOf),
    ]);
    const inStages = ['0', '1', '2'].flatMap((key) => [
      [key, 'ok', undefined, ['two']],
      [key, 'parked', 'b', ['one']],
    ]);
    expect(rows.toSorted()).toEqual(inStages.toSorted());
    const [run] = sorted(seen, 'run');
    expect(run?.span.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      ['millrace.stage', { 'millrace.stage.number': 2, 'millrace.stage.model': 'b' }],
    ]);
    expect(attributesOf(sorted(seen, 'load'), 'millrace.load.model')).toEqual(['a', 'b']);
  });

  test('and groups of a reduce have spans of their own, with the calls of a fold in the one step', async () => {
    const { workflow } = await flow(
      `  a: { set: "\${row.text}" }
  sum: { over: a, group_by: "\${row.text}", fold: 2, generate: "\${items.join(' ')}" }
  every: { over: a, generate: "\${items.join(' ')}" }`,
      ['x', 'x', 'x', 'x', 'y', 'y'],
    );
    const { ollama } = await fakeHost();
    const { ended, open } = await traced(workflow, { hosts: [ollama] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    expect(sorted(seen, 'row')).toHaveLength(6);
    const groups = sorted(seen, 'group').map(({ attributes, children }) => [
      attributes['millrace.step.id'],
      attributes['millrace.group.key'],
      attributes['millrace.group.items'],
      children.map(({ children }) => children.length),
    ]);
    expect(groups.toSorted()).toEqual([
      ['every', 'all', 6, [1]],
      ['sum', 'x', 4, [3]],
      ['sum', 'y', 2, [1]],
    ]);
    const folded = sorted(seen, 'group').find(({ attributes }) => attributes['millrace.group.key'] === 'x');
    expect(attributesOf(folded?.children[0]?.children ?? [], 'millrace.call.round').sort()).toEqual([0, 0, 1]);
    expect(sorted(seen, 'run')[0]?.attributes).toMatchObject({ 'millrace.groups.ok': 3, 'millrace.groups.failed': 0 });
  });

  test('of which the group fails say so at the group, its step and the call', async () => {
    const { workflow } = await flow(
      `  a: { set: "\${row.text}" }
  sum: { over: a, generate: "\${items.join(' ')}", returns: { n: number }, retry: 0 }`,
      ['x'],
    );
    const { ollama } = await fakeHost({ answer: () => 'no number' });
    const { ended, open } = await traced(workflow, { hosts: [ollama] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    const [group] = sorted(seen, 'group');
    for (const one of [group, group?.children[0], group?.children[0]?.children[0]])
      expect(one).toMatchObject({ isError: true, attributes: { 'error.type': 'ANSWER_INVALID' } });
    expect(group?.attributes).toMatchObject({ 'millrace.group.status': 'failed', 'millrace.group.items': 1 });
  });

  test('that ended at an earlier time are counted, and have no span', async () => {
    const { folder, workflow } = await flow('  a: { generate: "${row.text}" }', ['v', 'w', 'x', 'y', 'z']);
    const { ollama } = await fakeHost({ tokenMs: 1 });
    const journal = await openJournal(join(folder, '.millrace', 'journal.db'));
    afterTest(() => journal.close());
    const interrupt = new Subject<void>();
    const first = recorder();
    await lastValueFrom(
      runWorkflow(workflow, { hosts: [ollama], journal, interrupt, parallel: 1, calls: true }).pipe(
        traceRun({ tracer: first.tracer }),
        tap((event) => {
          if (event.type === 'row-end' && event.index === 1) interrupt.next();
        }),
      ),
    );
    const interrupted = treeOf(first.ended);
    expectWhole(interrupted, first.open());
    expect(sorted(interrupted, 'run')[0]).toMatchObject({
      isError: false,
      attributes: { 'millrace.run.status': 'interrupted' },
    });
    const ended = sorted(interrupted, 'row').filter(({ attributes }) => attributes['millrace.row.status'] === 'ok');
    expect(ended.length).toBeGreaterThanOrEqual(2);

    const second = await traced(workflow, { hosts: [ollama], journal });
    const seen = treeOf(second.ended);
    expectWhole(seen, second.open());
    const [run] = sorted(seen, 'run');
    const reused = Number(run?.attributes['millrace.rows.reused']);
    expect(reused).toBe(ended.length);
    expect(run?.attributes).toMatchObject({ 'millrace.run.found': 'unfinished', 'millrace.rows.ok': 5 });
    expect(sorted(seen, 'row')).toHaveLength(5 - reused);

    const third = await traced(workflow, { hosts: [ollama], journal });
    expect(treeOf(third.ended).map(({ name }) => name)).toEqual(['millrace.run w']);
    expect(third.ended[0]?.attributes).toMatchObject({ 'millrace.run.unchanged': true, 'millrace.rows.ok': 5 });
  });

  test('whose answers are there already have a span that counts their steps', async () => {
    const { workflow } = await flow('  a: { generate: "the same", options: { temperature: 0 } }', ['x', 'y', 'z']);
    const { ollama } = await fakeHost({ tokenMs: 2 });
    const { ended, open } = await traced(workflow, { hosts: [ollama] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    expect(sorted(seen, 'call')).toHaveLength(1);
    expect(attributesOf(sorted(seen, 'row'), 'millrace.row.steps_reused').toSorted()).toEqual([1, 1, undefined]);
  });

  test('that cannot be read have a span with their error and no steps, and those that are left out have none', async () => {
    const folder = await folderWith({
      'rows.jsonl': '{"id":"0"}\n{"id": nonsense}\n{"id":"2"}\n',
      'w.yaml':
        'model: m\neach: { from: rows.jsonl, key: "${row.id}", where: "${row.id != \'2\'}" }\nsteps: { a: { set: "${row.id}" } }\nsave: { to: out.jsonl }\n',
    });
    const { ended, open, said } = await traced(await loaded(join(folder, 'w.yaml')), { hosts: [] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    expect(said.at(-1)).toMatchObject({ counts: { rows: 3, ok: 1, failed: 1, skipped: 1 } });
    const rows = sorted(seen, 'row').map(({ attributes, children }) => [
      attributes['millrace.row.index'],
      attributes['millrace.row.status'],
      attributes['error.type'],
      children.length,
    ]);
    expect(rows.toSorted()).toEqual([
      [0, 'ok', undefined, 1],
      [1, 'failed', 'ROWS_UNREADABLE', 0],
    ]);
    expect(sorted(seen, 'run')[0]?.attributes).toMatchObject({ 'millrace.rows.skipped': 1 });
  });
});

describe('whatever ends a run ends its spans', () => {
  test('unsubscribing cancels them all', async () => {
    const { workflow } = await flow('  a: { generate: "${row.text}" }', ['x', 'y', 'z']);
    const { ollama } = await fakeHost({ faults: onQuestion(() => ({ kind: 'stall' })) });
    const record = recorder();
    let calls = 0;
    await new Promise<void>((resolve) => {
      const running = runWorkflow(workflow, { hosts: [ollama], calls: true, parallel: 3 })
        .pipe(traceRun({ tracer: record.tracer }))
        .subscribe((event) => {
          if (event.type !== 'call-start' || ++calls < 3) return;
          queueMicrotask(() => {
            running.unsubscribe();
            resolve();
          });
        });
    });
    const seen = treeOf(record.ended);
    expectWhole(seen, record.open());
    expect(attributesOf(sorted(seen, 'call'), 'millrace.call.status')).toEqual(Array(3).fill('cancelled'));
    expect(attributesOf(sorted(seen, 'step'), 'millrace.step.status')).toEqual(Array(3).fill('cancelled'));
    expect(attributesOf(sorted(seen, 'row'), 'millrace.row.status')).toEqual(Array(3).fill('cancelled'));
    expect(sorted(seen, 'run')[0]?.attributes).toMatchObject({ 'millrace.run.status': 'cancelled' });
  });

  test('a run that is stopped by its errors, or cannot go on, says the code', async () => {
    const { workflow } = await flow('  a: { generate: "${row.text}", on_error: abort }', ['x', 'y', 'z']);
    const { ollama } = await fakeHost({
      faults: onQuestion(() => ({ kind: 'status', status: 400, body: { error: 'no' } })),
    });
    const { ended, open } = await traced(workflow, { hosts: [ollama] });
    const seen = treeOf(ended);
    expectWhole(seen, open());
    expect(sorted(seen, 'run')[0]).toMatchObject({
      isError: true,
      attributes: { 'millrace.run.status': 'stopped', 'error.type': 'RUN_ABORTED' },
    });

    const record = recorder();
    const start = await firstValueFrom(runWorkflow(workflow, { hosts: [ollama], mode: 'new' }));
    const failing = new Subject<RunEvent>();
    const failed = lastValueFrom(failing.pipe(traceRun({ tracer: record.tracer }), toArray()));
    failing.next(start);
    failing.error(Object.assign(new Error('disk full: Rumpelstilzchen'), { code: 'SAVE_FAILED' }));
    await expect(failed).rejects.toThrow('disk full');
    expect(record.ended).toHaveLength(1);
    expect(record.ended[0]).toMatchObject({
      status: { code: 2 },
      attributes: { 'millrace.run.status': 'failed', 'error.type': 'SAVE_FAILED' },
    });
    expect(JSON.stringify(record.ended[0]?.status)).not.toContain('Rumpelstilzchen');
  });

  test('an error before the first event has no span, and one that is none of ours is internal', async () => {
    const record = recorder();
    const operator = traceRun({ tracer: record.tracer });
    await expect(lastValueFrom(throwError(() => new Error('x')).pipe(operator))).rejects.toThrow('x');
    await expect(lastValueFrom(EMPTY.pipe(operator), { defaultValue: 'nothing' })).resolves.toBe('nothing');
    NEVER.pipe(operator).subscribe().unsubscribe();
    expect(record.ended).toEqual([]);
  });
});

describe('an SDK', () => {
  test('that is not there leaves the events alone', () => {
    expect(traceRun()).toBe(identity);
    expect(traceRun({ now: () => 0 })).toBe(identity);
  });

  test('that has registered itself gets the spans, with the name of the package and the version of the conventions', async () => {
    const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = await import(
      '@opentelemetry/sdk-trace-base'
    );
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    afterTest(() => trace.disable());
    const { workflow } = await flow('  a: { set: "1" }');
    await lastValueFrom(runWorkflow(workflow, { hosts: [] }).pipe(traceRun()));
    const { version } = (await import('../package.json', { with: { type: 'json' } })).default;
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['step', 'row', 'millrace.run w']);
    expect(exporter.getFinishedSpans()[0]?.instrumentationScope).toMatchObject({
      name: '@millrace/telemetry',
      version,
      schemaUrl: 'https://opentelemetry.io/schemas/1.37.0',
    });
  });

  test('that throws does not end the run', async () => {
    const { workflow } = await flow('  a: { set: "${row.text}" }', ['x', 'y']);
    const broken = {
      startSpan: () => {
        throw new Error('the SDK is broken');
      },
    };
    const told: unknown[] = [];
    const { diag, DiagLogLevel } = await import('@opentelemetry/api');
    const tell = (...words: unknown[]): void => void told.push(...words);
    diag.setLogger(
      { error: tell, warn: tell, info: tell, debug: tell, verbose: tell },
      { logLevel: DiagLogLevel.ERROR },
    );
    afterTest(() => diag.disable());
    const events = await lastValueFrom(
      runWorkflow(workflow, { hosts: [] }).pipe(traceRun({ tracer: broken as never }), toArray()),
    );
    expect(events.at(-1)).toMatchObject({ type: 'run-end', status: 'done', counts: { ok: 2 } });
    expect(String(told)).toContain('the SDK is broken');
  });
});

test('each subscription is a trace of its own', async () => {
  const { workflow } = await flow('  a: { set: "1" }');
  const { tracer, ended } = recorder();
  const run$ = runWorkflow(workflow, { hosts: [], mode: 'new' }).pipe(traceRun({ tracer }));
  await lastValueFrom(run$);
  await lastValueFrom(run$);
  const runs = ended.filter(({ name }) => name === 'millrace.run w');
  expect(new Set(runs.map((span) => span.spanContext().traceId)).size).toBe(2);
});
