import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { openJournal, runWorkflow } from '@millrace/runner';
import { traceRun } from '@millrace/telemetry';
import { EMPTY, lastValueFrom, take } from 'rxjs';
import { type Recorder, recorder, sortOf } from './recorder.ts';
import { afterTest, fakeHost, flow, folderWith, loaded, onQuestion, traced } from './scene.ts';

const page = await readFile(fileURLToPath(new URL('../../../docs/telemetry.md', import.meta.url)), 'utf8');

/** The lines of the table that begins with these columns, without their last column. */
function tableOf(heading: string): string[] {
  const lines = page.slice(page.indexOf(heading)).split('\n');
  const rows = lines.slice(2, lines.indexOf(''));
  return rows.map((line) => line.split('|').slice(1, -2).join(' ').replaceAll('`', '').replaceAll(/ +/g, ' ').trim());
}

const steps = `
  note: { set: "\${row.id}" }
  left_out: { when: "\${false}", set: "1" }
  same: { model: m, generate: "the same", options: { temperature: 0 } }
  bad: { model: m, generate: "bad \${row.id}", returns: { n: number }, retry: { busy: 1, invalid: 0 }, on_error: { use: { n: 0 } } }
  long: { model: m, generate: "Read: \${row.text}", on_overflow: split, options: { num_predict: 500 } }
  each_one: { for: "\${['x', 'y']}", model: m, generate: "\${item}", repeat: { until: "\${index == 0 || previous != null}", max: 3 } }
  other: { model: n, generate: "\${row.id} \${long}", on_error: fail }
  sum: { over: note, model: n, generate: "sum \${items.join(' ')}", on_error: fail }
`;

/** One run with all that a run can have, one that fails before its first row is read, and one that is left. */
async function everything(): Promise<readonly Recorder[]> {
  const text = Array.from({ length: 400 }, (_, n) => `Sentence ${n} says that the mill turns by day.`).join(' ');
  const rows = [
    JSON.stringify({ id: '0', text }),
    '{"id": nonsense}',
    JSON.stringify({ id: '2', text: 'short' }),
    JSON.stringify({ id: '3', text: 'short' }),
  ];
  const folder = await folderWith({
    'rows.jsonl': `${rows.join('\n')}\n`,
    'w.yaml': `each: { from: rows.jsonl, key: "\${row.id}" }\nsteps:${steps}save: { to: out.jsonl }\n`,
  });
  const { ollama } = await fakeHost({
    models: [
      { name: 'm', contextLength: 2048 },
      { name: 'n', contextLength: 2048 },
    ],
    maxLoadedModels: 1,
    answer: () => 'an answer',
    faults: onQuestion((body, count) => {
      if (body.prompt?.startsWith('sum') || body.prompt?.startsWith('3 '))
        return { kind: 'status', status: 400, body: { error: 'no' } };
      return body.prompt?.startsWith('bad') && count % 2 === 0
        ? { kind: 'status', status: 503, body: { error: 'busy' } }
        : undefined;
    }),
  });
  const workflow = await loaded(join(folder, 'w.yaml'));
  const journal = await openJournal(join(folder, '.millrace', 'journal.db'));
  afterTest(() => journal.close());
  const whole = await traced(workflow, { hosts: [ollama], journal });
  const again = await traced(workflow, { hosts: [ollama], journal });
  const stopped = recorder();
  const run$ = runWorkflow(workflow, { hosts: [ollama], mode: 'new' }).pipe(traceRun({ tracer: stopped.tracer }));
  await lastValueFrom(run$.pipe(take(1)), { defaultValue: EMPTY });
  const { workflow: aborting } = await flow('  a: { set: "${double(row.text)}", on_error: abort }', ['no number']);
  return [whole, again, stopped, await traced(aborting, { hosts: [] })];
}

test('the page has every attribute of every span and event that is sent, and no other', async () => {
  const spans = (await everything()).flatMap(({ ended }) => ended);
  const sent = spans.flatMap((span) => Object.keys(span.attributes).map((name) => `${sortOf(span)} ${name}`));
  expect(new Set(tableOf('| span | attribute |'))).toEqual(new Set(sent));
  const events = spans.flatMap((span) =>
    span.events.flatMap(({ name, attributes = {} }) =>
      Object.keys(attributes).map((attribute) => `${name} ${sortOf(span)} ${attribute}`),
    ),
  );
  expect(new Set(tableOf('| event | of |'))).toEqual(new Set(events));
  expect(sent.length).toBeGreaterThan(100);
});
