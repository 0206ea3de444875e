import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { claimCall, runWorkflow } from '@millrace/runner';
import { lastValueFrom, tap, toArray } from 'rxjs';
import { openClaims } from '../src/turns/claims.ts';
import { createHostTurns } from '../src/turns/host-turns.ts';
import { fakeHost, folderWith, loaded } from './scene.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-turns-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A run on a host, whose clock stands where `clock` says. */
function runOn(clock: { at: number }, isBeside = (_load: string) => false) {
  const heard: boolean[] = [];
  const turns = createHostTurns(openClaims('http://h', root), {
    isBeside,
    onChange: () => heard.push(turns.isOwn),
    now: () => clock.at,
    turnMs: 100,
  });
  return { turns, heard };
}

/** Long enough for the file watcher, or the timer, to have looked. */
const looked = () => new Promise((resolve) => setTimeout(resolve, 1200));

test('a run alone has its turn at once; runs that want the same load work side by side', () => {
  const clock = { at: 1000 };
  const [one, other] = [runOn(clock), runOn(clock)];
  one.turns.want('m');
  other.turns.want('m');
  expect([one.turns.isOwn, other.turns.isOwn]).toEqual([true, true]);
  one.turns.close();
  other.turns.close();
});

test('runs that want different loads take turns; the host that holds both needs none', async () => {
  const clock = { at: 1000 };
  const [one, other, beside] = [runOn(clock), runOn(clock), runOn(clock, () => true)];
  one.turns.want('a');
  clock.at = 1010;
  other.turns.want('b');
  expect([one.turns.isOwn, other.turns.isOwn]).toEqual([true, false]);
  beside.turns.want('c');
  expect(beside.turns.isOwn).toBe(true);
  beside.turns.close();
  await looked();
  expect([one.turns.isOwn, other.turns.isOwn]).toEqual([true, false]);
  clock.at = 1120; // both had their time
  await looked();
  expect([one.turns.isOwn, other.turns.isOwn]).toEqual([false, true]);
  expect([one.heard, other.heard]).toEqual([[false], [true]]);
  clock.at = 1240;
  await looked();
  expect([one.turns.isOwn, other.turns.isOwn]).toEqual([true, false]);
  one.turns.close();
  await looked();
  expect(other.turns.isOwn).toBe(true);
  other.turns.close();
});

test('a call that somebody waits for goes first, but not for ever', async () => {
  const clock = { at: 1000 };
  const { turns } = runOn(clock);
  turns.want('a');
  const call = openClaims('http://h', root);
  call.put({ kind: 'call', load: 'b', state: 'waiting', since: 1000 });
  await looked();
  expect(turns.isOwn).toBe(false);
  clock.at += 31_000;
  await looked();
  expect(turns.isOwn).toBe(true);
  clock.at = 1000;
  await looked();
  expect(turns.isOwn).toBe(false);
  call.close();
  await looked();
  expect(turns.isOwn).toBe(true);
  turns.close();
});

test('what a process that is gone wanted holds nobody back', () => {
  const clock = { at: 1000 };
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  const gone = openClaims('http://h', root);
  const owner = { host: hostname(), pid, started: 'then' };
  gone.put({ kind: 'run', load: 'b', state: 'running', since: 0, owner } as never);
  const { turns } = runOn(clock);
  turns.want('a');
  expect(turns.isOwn).toBe(true);
  turns.close();
  gone.close();
});

test('a run waits for nobody any longer when it has waited three turns', async () => {
  const clock = { at: 1000 };
  const hanging = openClaims('http://h', root);
  hanging.put({ kind: 'run', load: 'b', state: 'running', since: 0 });
  const { turns } = runOn(clock);
  turns.want('a');
  expect(turns.isOwn).toBe(false);
  clock.at += 301;
  await looked();
  expect(turns.isOwn).toBe(true);
  turns.close();
  hanging.close();
});

test('a batch begins no call while somebody waits for one, and goes on when it has begun', async () => {
  const rows = Array.from({ length: 60 }, (_, id) => JSON.stringify({ id })).join('\n');
  const folder = await folderWith({
    'rows.jsonl': `${rows}\n`,
    'w.yaml':
      'model: m\neach: { from: rows.jsonl, key: "${row.id}" }\nsteps: { a: { generate: "${row.id}" } }\nlimits: { parallel: 2 }\nsave: { to: out.jsonl }\n',
  });
  const { ollama, fake } = await fakeHost({ slots: 2, tokenMs: 10, answerTokens: 5 });
  const seen: number[] = [];
  let release: (() => void) | undefined;
  const events = await lastValueFrom(
    runWorkflow(await loaded(join(folder, 'w.yaml')), { hosts: [ollama] }).pipe(
      tap((event) => {
        if (event.type !== 'row-end' || event.index !== 10 || release) return;
        release = claimCall(ollama.baseUrl, 'm');
        setTimeout(() => seen.push(fake.asked), 500);
        setTimeout(() => {
          seen.push(fake.asked);
          release?.();
        }, 900);
      }),
      toArray(),
    ),
  );
  expect(events.at(-1)).toMatchObject({ counts: { ok: 60 } });
  expect(seen[0]).toBe(seen[1]);
  expect(seen[0]).toBeLessThan(30);
});
