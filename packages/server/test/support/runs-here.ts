import type { Ollama } from '@millrace/core';
import { describeError } from '@millrace/errors';
import {
  type InputValue,
  type Journal,
  type LoadedWorkflow,
  loadWorkflow,
  openJournal,
  readJournal,
  runWorkflow,
  type World,
} from '@millrace/runner';
import type { RunCommand, RunExit, StartRun } from '@millrace/server';
import { lastValueFrom, Subject, tap } from 'rxjs';

/** Executes runs in this process, as the command line does in one of its own. */
export const runsHere =
  (journalPath: string, hosts: readonly Ollama[]): StartRun =>
  (command) => {
    const interrupt = new Subject<void>();
    let saidBegun = (_: string | undefined): void => {};
    const begun = new Promise<string | undefined>((resolve) => {
      saidBegun = resolve;
    });
    const ended = execute(journalPath, hosts, command, interrupt, saidBegun);
    void ended.then(() => saidBegun(undefined));
    return { pid: process.pid, begun, ended, interrupt: () => interrupt.next(), kill: () => interrupt.next() };
  };

async function execute(
  journalPath: string,
  hosts: readonly Ollama[],
  command: RunCommand,
  interrupt: Subject<void>,
  begun: (id: string) => void,
): Promise<RunExit> {
  let journal: Journal | undefined;
  try {
    const { file, ...asked } = await orderOf(journalPath, command);
    const { workflow, diagnostics } = await loadWorkflow(file);
    if (!workflow) throw new Error(JSON.stringify(diagnostics));
    journal = await openJournal(journalPath);
    const world: World = { ...asked, hosts, journal, deltas: false, random: () => 0, interrupt };
    const events$ = runWorkflow(workflow as LoadedWorkflow, world).pipe(
      tap((event) => event.type === 'run-start' && begun(event.id)),
    );
    await lastValueFrom(events$);
    return { code: 0 };
  } catch (error) {
    return { code: 1, error: describeError(error) };
  } finally {
    journal?.close();
  }
}

async function orderOf(
  journalPath: string,
  command: RunCommand,
): Promise<Pick<World, 'inputs' | 'mode' | 'due' | 'retry'> & { readonly file: string }> {
  if (command.kind === 'run') return command;
  const reader = await readJournal(journalPath);
  const shown = reader?.show(command.id);
  reader?.close();
  if (!shown) throw new Error('no journal');
  const { inputs } = shown.invocation as { readonly inputs: Readonly<Record<string, InputValue>> };
  const retry = command.kind === 'retry' ? { cause: command.cause } : undefined;
  return { file: shown.file, inputs, due: shown.due, retry };
}
