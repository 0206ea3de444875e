import { createOllama } from '@millrace/core';
import { describeError } from '@millrace/errors';
import { loadWorkflow, openJournal, runWorkflow } from '@millrace/runner';
import { lastValueFrom, tap } from 'rxjs';
import type { ChildAsk } from '../run-in-child.ts';

// A run in a process of its own: its events, or its error, are lines of JSON on standard output.
const { file, host, journal: path, parallel, heardMs } = JSON.parse(process.argv[2] ?? '') as ChildAsk;
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
try {
  const { workflow, diagnostics } = await loadWorkflow(file, {});
  if (!workflow) throw new Error(`not valid: ${JSON.stringify(diagnostics)}`);
  const journal = await openJournal(path);
  const hosts = [createOllama({ baseUrl: host })];
  const world = { hosts, journal, deltas: false, random: () => 0, ...(parallel !== undefined && { parallel }) };
  // Says that it runs, so that it is known when it was stopped.
  const pulse = heardMs === undefined ? undefined : setInterval(() => say({ type: 'pulse' }), heardMs);
  await lastValueFrom(runWorkflow(workflow, world).pipe(tap(say)));
  clearInterval(pulse);
  journal.close();
  hosts.map((one) => one.close());
} catch (error) {
  say({ type: 'error', error: describeError(error) });
  process.exit(1);
}
