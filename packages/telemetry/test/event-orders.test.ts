import { expect, test } from '@jest/globals';
import type { RunEvent } from '@millrace/runner';
import { traceRun } from '@millrace/telemetry';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import fc from 'fast-check';
import { Subject } from 'rxjs';
import { choicesOf, randomRun, runEnd, runStart } from './random-run.ts';
import { recorder, type Seen, sorted, sortOf, treeOf } from './recorder.ts';
import { afterTest } from './scene.ts';

/** What should be open, by the events alone: `0` a row, `0>a` its step, `0>a>1//` a call of that. Groups begin with their step. */
function createExpected() {
  const open = new Set<string>();
  const begun: string[] = [];
  /** A row that goes on is another one. */
  const lives = new Map<string, number>();
  const begin = (...path: string[]): void => {
    const own = path.map((_, depth) => path.slice(0, depth + 1).join('>'));
    for (const id of own) {
      if (open.has(id)) continue;
      open.add(id);
      begun.push(id);
    }
  };
  const end = (id: string): void => {
    for (const one of open) if (one === id || one.startsWith(`${id}>`)) open.delete(one);
  };
  const nameOf = (event: Extract<RunEvent, { key: string }>): string => {
    const isGroup = 'step' in event && runStart.reduces?.includes(event.step as string);
    const id = isGroup ? `${event.step}${event.index}` : `${event.index}`;
    return `${id}.${lives.get(id) ?? 0}`;
  };
  const endRow = (name: string): void => {
    const [id = ''] = name.split('.');
    end(name);
    lives.set(id, (lives.get(id) ?? 0) + 1);
  };
  const note = (event: RunEvent): void => {
    if (event.type === 'model-load') {
      if (event.ms === undefined) begin(`load ${event.model}`);
      else end(`load ${event.model}`);
    }
    if (!('key' in event)) return;
    const row = nameOf(event);
    const callId = (one: { element?: number; round?: number; piece?: string }): string =>
      `${one.element ?? ''}/${one.round ?? ''}/${one.piece ?? ''}`;
    if (event.type === 'step-start') begin(row, event.step);
    else if (event.type === 'call-start') begin(row, event.step, callId(event));
    else if (event.type === 'call-end') end(`${row}>${event.step}>${callId(event)}`);
    else if (event.type === 'step-end' && !event.reused) {
      begin(row, ...(event.error ? [event.step] : []));
      end(`${row}>${event.step}`);
    } else if (event.type === 'row-parked') endRow(row);
    else if (event.type === 'row-end' || event.type === 'group-end') {
      if (event.status === 'failed' && !('reused' in event)) begin(row);
      if (event.type === 'group-end' && event.error && open.has(row)) begin(row, event.step);
      endRow(row);
    }
  };
  return { open, begun, note };
}

/** Where each span is, as `createExpected` names it. */
function placesOf(seen: readonly Seen[]): string[] {
  const nameOf = (one: Seen): string => {
    const { attributes, parent } = one;
    const sort = sortOf(one);
    if (sort === 'load') return one.name;
    if (sort === 'row') return `${attributes['millrace.row.index']}`;
    if (sort === 'group') return `${attributes['millrace.step.id']}${attributes['millrace.group.index']}`;
    const above = nameOf(parent as Seen);
    if (sort === 'step') return `${above}>${attributes['millrace.step.id']}`;
    const place = ['element', 'round', 'piece'].map((name) => attributes[`millrace.call.${name}`] ?? '');
    return `${above}>${place.join('/')}`;
  };
  return seen.filter((one) => sortOf(one) !== 'run').map(nameOf);
}

/** The name of a span does not say how often its row was parked before. */
const withoutLife = (id: string): string => id.replace(/\.\d+/, '');

test('in any order of events that a run can have, each span is where it belongs, open as long as it should be, and ends once', () => {
  const wrong: unknown[] = [];
  const tell = (...words: unknown[]): void => void wrong.push(words);
  diag.setLogger({ error: tell, warn: tell, info: tell, debug: () => {}, verbose: () => {} }, DiagLogLevel.WARN);
  afterTest(() => diag.disable());
  let most = 0;
  fc.assert(
    fc.property(
      fc.array(fc.nat(1000), { minLength: 20, maxLength: 600, size: 'max' }),
      fc.nat(300),
      fc.constantFrom('done', 'interrupted', 'stopped', 'error', 'unsubscribe', 'complete'),
      (choices, cut, ending) => {
        const events = new Subject<RunEvent>();
        const record = recorder();
        const expected = createExpected();
        const heard: RunEvent[] = [];
        const listening = events
          .pipe(traceRun({ tracer: record.tracer }))
          .subscribe({ next: (event) => void heard.push(event), error: () => {} });
        const said: RunEvent[] = [];
        for (const event of randomRun(choicesOf(choices))) {
          if (ending !== 'done' && said.length > cut) break;
          said.push(event);
          events.next(event);
          expected.note(event);
          expect(record.open()).toBe(expected.open.size + 1);
        }
        most = Math.max(most, record.mostOpen());
        if (ending === 'error') events.error(new Error('x'));
        else if (ending === 'unsubscribe') listening.unsubscribe();
        else if (ending === 'complete') events.complete();
        else events.next(runEnd(ending));
        listening.unsubscribe();

        expect(heard.slice(0, said.length)).toEqual(said);
        expect(record.open()).toBe(0);
        const seen = treeOf(record.ended);
        expect(sorted(seen, 'run')).toHaveLength(1);
        expect(placesOf(seen).sort()).toEqual(expected.begun.map(withoutLife).sort());
        expect(wrong).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
  // It was not about runs with nothing in them.
  expect(most).toBeGreaterThan(10);
});

test('a long run holds the spans of the rows in work, and nothing of those that have ended', () => {
  const { tracer, ended, open, mostOpen } = recorder();
  const events = new Subject<RunEvent>();
  const listening = events.pipe(traceRun({ tracer })).subscribe();
  events.next(runStart);
  const inWork = 8;
  const rows = 6_000;
  const usage = { promptTokens: 5, outputTokens: 3, totalMs: 1, loadMs: 0, promptMs: 0, outputMs: 1 };
  for (let index = 0; index < rows + inWork; index++) {
    const own = { key: `k${index}`, index, step: 'a' };
    if (index < rows) {
      events.next({ type: 'step-start', ...own, attempt: 1, host: 'http://h' });
      events.next({ type: 'call-start', ...own, attempt: 1, host: 'http://h', kind: 'chat', model: 'm' });
    }
    if (index < inWork) continue;
    const old = { key: `k${index - inWork}`, index: index - inWork };
    events.next({ type: 'call-end', ...old, step: 'a', attempt: 1, status: 'ok', usage });
    // Every third one waits for a later stage.
    if (index % 3 === 0) events.next({ type: 'row-parked', ...old, step: 'b', model: 'n' });
    else {
      events.next({ type: 'step-end', ...old, step: 'a', status: 'ok', value: 1 });
      events.next({ type: 'row-end', ...old, status: 'ok' });
    }
  }
  expect(mostOpen()).toBe(1 + 3 * (inWork + 1));
  expect(open()).toBe(1);
  events.next(runEnd('done'));
  listening.unsubscribe();
  expect(open()).toBe(0);
  expect(ended).toHaveLength(1 + 3 * rows);
});
