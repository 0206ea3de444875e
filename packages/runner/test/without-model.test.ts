import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openJournal, type RunEvent, runWorkflow } from '@millrace/runner';
import { lastValueFrom, Subject, tap, toArray } from 'rxjs';
import { folderWith, loaded, ofType } from './scene.ts';

const yaml =
  'each: { from: r.jsonl, key: "${row.n}" }\nsteps: { twice: { set: "${row.n * 2}" } }\nsave: { to: out.jsonl, fields: { d: "${twice}" } }\n';

/** Rows that ask no model; and a run that hears of an interrupt as a process hears of a signal, in a turn of the loop of its own. */
async function place(count: number) {
  const rows = Array.from({ length: count }, (_, n) => `{"n":${n}}\n`).join('');
  const folder = await folderWith({ 'w.yaml': yaml, 'r.jsonl': rows });
  const workflow = await loaded(join(folder, 'w.yaml'));
  return async (interruptAfter: number) => {
    const journal = await openJournal(join(folder, '.millrace/journal.db'));
    const interrupt = new Subject<void>();
    let before = 0;
    let isAsked = false;
    const note = ({ type }: RunEvent): void => {
      if (type !== 'row-end' || ++before !== interruptAfter || isAsked) return;
      isAsked = true;
      setImmediate(() => interrupt.next());
    };
    try {
      const events$ = runWorkflow(workflow, { hosts: [], journal, deltas: false, interrupt }).pipe(
        tap(note),
        toArray(),
      );
      return await lastValueFrom(events$);
    } finally {
      journal.close();
    }
  };
}

test('an interrupt ends a run of many rows that ask no model a few rows later', async () => {
  const run = await place(100_000);
  const events = await run(2000);
  expect(events.at(-1)).toMatchObject({ status: 'interrupted' });
  expect(ofType(events, 'row-end').length).toBeLessThan(2000 + 2048);
}, 60_000);

test('and so it does where all of them are there from an earlier time', async () => {
  const run = await place(6000);
  await run(5000);
  const events = await run(100);
  expect(events.at(-1)).toMatchObject({ status: 'interrupted' });
  expect(ofType(events, 'row-end').filter(({ reused }) => reused).length).toBeLessThan(1000);
}, 60_000);
