import { readFile, stat } from 'node:fs/promises';
import { MillraceError } from '@millrace/errors';
import {
  bindInputs,
  type Journal,
  type LoadedWorkflow,
  loadWorkflow,
  modelsOf,
  needsHost,
  openJournal,
  planWorkflow,
  type RunPlan,
} from '@millrace/runner';
import { exitCodes } from '../exit-codes.ts';
import { sourceText } from '../files/source-text.ts';
import { type RunningSearch, searchHosts } from '../hosts/search-hosts.ts';
import { startEngine } from '../hosts/start-engine.ts';
import { createInterrupts } from '../interrupts.ts';
import { journalPath } from '../journal-path.ts';
import { createPlanProgress, type PlanProgress } from '../plan/plan-progress.ts';
import { renderPlan } from '../plan/render-plan.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { createPaint } from '../render/paint.ts';
import { safeJson } from '../render/safe-text.ts';
import { viewFor } from '../render/view-for.ts';
import { type InvocationFlags, invocationOf } from '../run/invocation.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace plan`. */
export interface PlanFlags extends InvocationFlags {
  readonly probe: number;
  readonly full?: boolean;
  readonly format: 'text' | 'json';
  readonly new?: boolean;
  readonly journal?: string;
}

/** `millrace plan FILE`: says what `run` would do with the same flags. Returns the exit code. */
export async function plan(file: string, flags: PlanFlags, terminal: Terminal): Promise<number> {
  if (flags.seed !== undefined && flags.sample === undefined)
    throw new MillraceError('USAGE_INVALID', '`--seed` chooses the rows of `--sample`, which is not given.');
  if (flags.new && flags.probe > 0)
    throw new MillraceError('USAGE_INVALID', '`--probe` begins the run, and `--new` would throw that away.', {
      hint: 'Leave one of them out.',
    });
  const loaded = await loadOrReport(file, flags, terminal);
  if (!loaded) return exitCodes.invalid;
  const { workflow } = bindInputs(loaded, invocationOf(flags, terminal.cwd).inputs);
  const stopping = new AbortController();
  const hearing = createInterrupts(terminal).subscribe(() => stopping.abort());
  const search = searchFor(workflow, flags, terminal, stopping.signal);
  const progress = createPlanProgress(terminal);
  try {
    const made = await planned(workflow, flags, { search, progress, signal: stopping.signal, terminal });
    progress.close();
    if (flags.format === 'json') await terminal.out(`${safeJson(made)}\n`);
    else {
      const paint = createPaint({ isTty: terminal.outIsTty, env: terminal.env });
      await terminal.out(renderPlan(made, { paint, isFull: flags.full === true }));
    }
    return made.warnings.some(({ willFail }) => willFail) ? exitCodes.willFail : exitCodes.done;
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    progress.close();
    terminal.err('Interrupted.\n');
    return exitCodes.interrupted;
  } finally {
    progress.close();
    hearing.unsubscribe();
    await workflow.rows?.source.close();
    await search.close();
  }
}

async function loadOrReport(file: string, flags: PlanFlags, terminal: Terminal): Promise<LoadedWorkflow | undefined> {
  const { from, to, model, allowNet } = invocationOf(flags, terminal.cwd);
  const allowHosts = flags.host && flags.host.length > 0 ? true : allowNet;
  // Standard input is for the run.
  const { workflow, diagnostics } = await loadWorkflow(file, { from, to, model, allowHosts });
  const bytes = diagnostics.length > 0 ? await readFile(file).catch(() => undefined) : undefined;
  terminal.err(renderDiagnostics(diagnostics, viewFor(terminal, bytes && sourceText(bytes), 'err')));
  return workflow;
}

const searchFor = (
  workflow: LoadedWorkflow,
  { host = [] }: PlanFlags,
  terminal: Terminal,
  signal: AbortSignal,
): RunningSearch =>
  searchHosts({
    flags: host,
    file: workflow.hosts,
    env: terminal.env,
    models: modelsOf(workflow),
    isNeeded: needsHost(workflow),
    signal,
    startEngine: () => startEngine({ signal, onExit: (error) => terminal.err(`${error.message}\n`) }),
  });

interface PlanTools {
  readonly search: RunningSearch;
  readonly progress: PlanProgress;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

async function planned(
  workflow: LoadedWorkflow,
  flags: PlanFlags,
  { search, progress, signal, terminal }: PlanTools,
): Promise<RunPlan> {
  const { probe, new: isNew } = flags;
  const invocation = invocationOf(flags, terminal.cwd);
  const { inputs, parallel, first, range, sample } = invocation;
  const hosts = needsHost(workflow) ? await search.all() : [];
  const journal = await journalFor(journalPath(flags, terminal), probe > 0);
  try {
    return await planWorkflow(workflow, {
      hosts,
      journal,
      invocation,
      inputs,
      parallel,
      first,
      range,
      sample,
      mode: isNew ? 'new' : 'continue',
      probe,
      signal,
      onRows: progress.rows,
      onProbe: progress.probe,
    });
  } finally {
    journal?.close();
  }
}

/** Planning makes no journal, but a probe needs one. */
async function journalFor(path: string, isNeeded: boolean): Promise<Journal | undefined> {
  const isThere = await stat(path).then(
    ({ size }) => size > 0,
    () => false,
  );
  return isThere || isNeeded ? await openJournal(path) : undefined;
}
