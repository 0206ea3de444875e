import { readFile } from 'node:fs/promises';
import { startEngine } from '@millrace/engine';
import {
  initialRun,
  type LoadedWorkflow,
  loadWorkflow,
  modelsOf,
  needsHost,
  type RunState,
  reduceRun,
  runWorkflow,
} from '@millrace/runner';
import { hasErrors } from '@millrace/schema';
import { lastValueFrom, type Observable, scan, tap } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { sourceText } from '../files/source-text.ts';
import { type Hosts, resolveHosts } from '../hosts/resolve-hosts.ts';
import { createInterrupts } from '../interrupts.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { createRunView, type RunView } from '../render/run-view.ts';
import { viewFor } from '../render/view-for.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace run`. */
export interface RunFlags {
  readonly input?: Readonly<Record<string, string>>;
  readonly from?: string;
  readonly to?: string;
  readonly model?: string;
  readonly host?: readonly string[];
  readonly allowNet?: readonly string[];
  readonly parallel?: number;
  readonly first?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `millrace run FILE`: checks it, finds a host, runs it and says what happened. Returns the exit code. */
export async function run(file: string, flags: RunFlags, terminal: Terminal): Promise<number> {
  const workflow = await loadOrReport(file, flags, terminal);
  if (!workflow) return exitCodes.invalid;
  // Starting the engine takes a moment in which Ctrl-C must be heard too.
  const starting = new AbortController();
  const interrupts$ = createInterrupts(terminal);
  const early = interrupts$.subscribe(() => starting.abort());
  const hosts = await findHosts(workflow, flags, terminal, starting.signal).catch((error: unknown) => {
    if (starting.signal.aborted) return undefined;
    throw error;
  });
  early.unsubscribe();
  if (!hosts || starting.signal.aborted) {
    await hosts?.close();
    terminal.err('Interrupted before the first row.\n');
    return exitCodes.interrupted;
  }
  const view = createRunView(workflow, flags, terminal);
  try {
    view.notes(hosts.notes);
    return exitCodeFor(await runToEnd(workflow, flags, { hosts, view, terminal, interrupts$ }));
  } finally {
    view.close();
    await hosts.close();
  }
}

async function loadOrReport(file: string, flags: RunFlags, terminal: Terminal): Promise<LoadedWorkflow | undefined> {
  const { workflow, diagnostics } = await loadWorkflow(file, {
    from: flags.from,
    to: flags.to,
    model: flags.model,
    allowHosts: flags.host ? true : flags.allowNet,
  });
  if (diagnostics.length > 0 && (hasErrors(diagnostics) || !flags.quiet)) {
    const bytes = await readFile(file).catch(() => undefined);
    terminal.err(renderDiagnostics(diagnostics, viewFor(terminal, bytes && sourceText(bytes), 'err')));
  }
  return workflow;
}

const noHosts: Hosts = { hosts: [], notes: [], close: async () => {} };

async function findHosts(
  workflow: LoadedWorkflow,
  flags: RunFlags,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Hosts> {
  if (!needsHost(workflow)) return noHosts;
  return await resolveHosts({
    flags: flags.host ?? [],
    file: workflow.hosts,
    env: terminal.env,
    models: modelsOf(workflow),
    startEngine: () => startEngine({ signal, onExit: (error) => terminal.err(`${error.message}\n`) }),
  });
}

/** What a run that has begun works with. */
interface Running {
  readonly hosts: Hosts;
  readonly view: RunView;
  readonly terminal: Terminal;
  readonly interrupts$: Observable<unknown>;
}

async function runToEnd(
  workflow: LoadedWorkflow,
  flags: RunFlags,
  { hosts, view, terminal, interrupts$ }: Running,
): Promise<RunState> {
  const events$ = runWorkflow(workflow, {
    hosts: hosts.hosts,
    inputs: flags.input,
    parallel: flags.parallel,
    first: flags.first,
    deltas: flags.json === true,
    stdout: flags.json ? undefined : { write: terminal.out, close: async () => {} },
    interrupt: interrupts$,
  });
  return await lastValueFrom(
    events$.pipe(
      tap((event) => view.event(event)),
      scan(reduceRun, initialRun),
      tap((state) => view.state(state)),
    ),
  );
}

function exitCodeFor({ status, counts, groups, error }: RunState): number {
  if (status === 'interrupted') return exitCodes.interrupted;
  if (status === 'stopped') return error?.code === 'TOO_MANY_ERRORS' ? exitCodes.errorBudget : exitCodes.failedRows;
  return counts.failed + groups.failed > 0 ? exitCodes.failedRows : exitCodes.done;
}
