import { readFile } from 'node:fs/promises';
import { MillraceError } from '@millrace/errors';
import {
  bindInputs,
  initialRun,
  type Journal,
  type LoadedWorkflow,
  loadWorkflow,
  modelsOf,
  needsHost,
  openJournal,
  peekRun,
  type RunEvent,
  type RunState,
  reduceRun,
  type World,
} from '@millrace/runner';
import { hasErrors } from '@millrace/schema';
import { lastValueFrom, type Observable, scan, tap } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { lazyStdin } from '../files/lazy-stdin.ts';
import { sourceText } from '../files/source-text.ts';
import { type HostSearch, searchHosts } from '../hosts/search-hosts.ts';
import { startEngine } from '../hosts/start-engine.ts';
import { createInterrupts } from '../interrupts.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { createRunView, type RunView } from '../render/run-view.ts';
import { viewFor } from '../render/view-for.ts';
import type { Terminal } from '../terminal.ts';
import { exitCodeFor } from './exit-code-for.ts';
import type { Invocation } from './invocation.ts';
import { tracedRuns } from './traced-runs.ts';

/** A run that is asked for. */
export interface RunOrder {
  /** The workflow. */
  readonly file: string;
  /** Where the journal is, absolute. */
  readonly journal: string;
  readonly invocation: Invocation;
  /** As given, credentials included. */
  readonly hosts: readonly string[];
  readonly mode?: World['mode'];
  readonly retry?: World['retry'];
  /** The time at which a schedule wanted it, in milliseconds since 1970. */
  readonly due?: number | undefined;
  /** The run that must be found, where only that one is meant. */
  readonly id?: string;
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** Checks a workflow, finds its run and a host, runs it and says what happened. Returns the exit code. */
export async function execute(order: RunOrder, terminal: Terminal): Promise<number> {
  const loaded = await loadOrReport(order, terminal);
  if (!loaded) return exitCodes.invalid;
  try {
    const { workflow } = bindInputs(loaded, order.invocation.inputs);
    const journal = await openJournal(order.journal);
    try {
      return await executeWith(journal, workflow, order, terminal);
    } finally {
      journal.close();
    }
  } finally {
    await loaded.rows?.source.close();
  }
}

async function loadOrReport(
  { file, invocation, hosts, quiet }: RunOrder,
  terminal: Terminal,
): Promise<LoadedWorkflow | undefined> {
  const { from, to, model, allowNet } = invocation;
  const { workflow, diagnostics } = await loadWorkflow(file, {
    from,
    to,
    model,
    allowHosts: hosts.length > 0 ? true : allowNet,
    stdin: lazyStdin(terminal),
  });
  if (diagnostics.length > 0 && (hasErrors(diagnostics) || !quiet)) {
    const bytes = await readFile(file).catch(() => undefined);
    terminal.err(renderDiagnostics(diagnostics, viewFor(terminal, bytes && sourceText(bytes), 'err')));
  }
  return workflow;
}

/** A host that is there answers in this time; of the others, what was known of their models counts. */
const atOnceMs = 500;

async function executeWith(
  journal: Journal,
  workflow: LoadedWorkflow,
  order: RunOrder,
  terminal: Terminal,
): Promise<number> {
  // Starting the engine takes a moment in which Ctrl-C must be heard too.
  const starting = new AbortController();
  const interrupts$ = createInterrupts(terminal);
  const early = interrupts$.subscribe(() => starting.abort());
  const search = searchHosts(searchFor(workflow, order, terminal, starting.signal));
  const view = createRunView(workflow, order, terminal);
  try {
    const run = await tracedRuns(terminal.env);
    const world = worldFor(journal, order, terminal);
    const found = await peekRun(workflow, { ...world, journal, hosts: await search.answering(atOnceMs) });
    if (order.id !== undefined && found?.id !== order.id) throw anotherRun(order.id, workflow.file);
    // What is answered needs no host, and the engine need not be started for it.
    const isIdle = found?.isAnswered === true || !needsHost(workflow);
    const hosts = isIdle ? noHosts : await search.choose();
    early.unsubscribe();
    if (starting.signal.aborted) return interruptedEarly(terminal);
    view.notes(hosts.notes);
    const begun = (id: string): void => terminal.tell({ type: 'run-start', id });
    const whole = { ...world, hosts: hosts.hosts, interrupt: interrupts$ };
    return exitCodeFor(await runToEnd(run(workflow, whole), view, begun));
  } catch (error) {
    if (starting.signal.aborted) return interruptedEarly(terminal);
    throw error;
  } finally {
    early.unsubscribe();
    view.close();
    await search.close();
  }
}

const noHosts = { hosts: [], notes: [] };

function interruptedEarly(terminal: Terminal): number {
  terminal.err('Interrupted before the first row.\n');
  return exitCodes.interrupted;
}

const searchFor = (
  workflow: LoadedWorkflow,
  { hosts }: RunOrder,
  terminal: Terminal,
  signal: AbortSignal,
): HostSearch => ({
  flags: hosts,
  file: workflow.hosts,
  env: terminal.env,
  models: modelsOf(workflow),
  isNeeded: needsHost(workflow),
  signal,
  startEngine: () => startEngine({ signal, onExit: (error) => terminal.err(`${error.message}\n`) }),
});

const worldFor = (journal: Journal, order: RunOrder, terminal: Terminal): World => {
  const { invocation, mode, retry, due, json } = order;
  const { inputs, parallel, first, range, sample } = invocation;
  return {
    hosts: [],
    journal,
    mode,
    retry,
    due,
    invocation,
    inputs,
    parallel,
    first,
    range,
    sample,
    deltas: json === true,
    stdout: json ? undefined : { write: terminal.out, close: async () => {} },
  };
};

const anotherRun = (id: string, file: string): MillraceError =>
  new MillraceError(
    'USAGE_INVALID',
    `The inputs of ${file} are not what they were, so it would not be the run ${id}.`,
    {
      hint: `Run the workflow itself: \`millrace run ${file}\`.`,
    },
  );

async function runToEnd(event$: Observable<RunEvent>, view: RunView, begun: (id: string) => void): Promise<RunState> {
  const state$: Observable<RunState> = event$.pipe(
    tap((event) => {
      if (event.type === 'run-start') begun(event.id);
      view.event(event);
    }),
    scan(reduceRun, initialRun),
    tap((state) => view.state(state)),
  );
  return await lastValueFrom(state$);
}
