import { MillraceError } from '@millrace/errors';
import { bindInputs } from '../bind-inputs.ts';
import type { LoadedWorkflow } from '../load-workflow.ts';
import { expectTime } from './expected-time.ts';
import { lookAhead } from './look-ahead.ts';
import type { PlanWorld } from './plan-world.ts';
import type { ExpectedTime, RunPlan } from './run-plan.ts';
import { type Probed, runProbe } from './run-probe.ts';

/**
 * Says what a run would do, without running it: rows, calls, prompts, windows, loads, memory, and with a probe of a few rows the time.
 * Every row is read once, and once more behind a probe; memory does not grow with them.
 *
 * No model is asked, but for the rows of a probe. These are rows of the run: it goes on behind them.
 *
 * @throws {MillraceError} As `runWorkflow` before its first row; `USAGE_INVALID` for a probe of standard input, of a run that begins
 *   afresh, or without a journal. The reason of `signal`, when that ends it.
 */
export async function planWorkflow(loaded: LoadedWorkflow, world: PlanWorld): Promise<RunPlan> {
  const { probe = 0, signal } = world;
  signal?.throwIfAborted();
  const { workflow, inputs } = bindInputs(loaded, world.inputs);
  if (probe > 0) refuseProbe(workflow, world);
  const ahead = await lookAhead(workflow, world, inputs);
  const unknown = reasonOf(probe, ahead.plan);
  if (unknown !== undefined) return { ...ahead.plan, time: { isKnown: false, reason: unknown } };
  const hosts = ahead.hosts.map(({ ollama }) => ollama);
  const probed = await runProbe(workflow, { ...world, hosts }, ahead.probes);
  signal?.throwIfAborted();
  const { plan } = await lookAhead(workflow, { ...world, probe: 0 }, inputs, probed);
  return { ...plan, time: timeOf(plan, workflow, probed) };
}

function refuseProbe({ each, rows }: LoadedWorkflow, { journal, mode }: PlanWorld): void {
  if (each && !rows?.source.isRepeatable)
    throw probeRefused('Rows of standard input cannot be probed: they are read once.', 'Keep them in a file.');
  if (mode === 'new')
    throw probeRefused('A probe is the beginning of the run, which `new` would throw away.', 'Leave one of them out.');
  if (!journal)
    throw probeRefused('A probe needs a journal, in which the run finds its answers.', 'Open one with `openJournal`.');
}

const probeRefused = (message: string, hint: string): MillraceError =>
  new MillraceError('USAGE_INVALID', message, { hint });

/** Why nothing can be said of the time. */
function reasonOf(probe: number, { rows, run, calls, warnings, hosts }: Omit<RunPlan, 'time'>): string | undefined {
  if (run.isFinished || (rows.from === 'rows' && rows.asked === 0 && calls.most === 0))
    return 'there is nothing to ask';
  if (calls.most === 0) return 'no model is asked';
  if (rows.from === 'stdin') return 'rows of standard input are read by the run only';
  if (rows.from === 'single') return 'a probe of a single run would be the run';
  if (probe === 0) return 'use --probe N';
  if (rows.asked === 0) return 'no row is left to be asked';
  if (!hosts.some(({ isUsed }) => isUsed)) return 'no host answers';
  if (warnings.some(({ code, willFail }) => code === 'MODEL_MISSING' && willFail)) return 'a model is missing';
  return undefined;
}

function timeOf(plan: Omit<RunPlan, 'time'>, { steps, limits }: LoadedWorkflow, { time }: Probed): ExpectedTime {
  const reduces = new Set(steps.filter(({ over }) => over).map(({ id }) => id));
  const without = plan.steps.filter(({ step, calls }) => reduces.has(step) && calls.most !== 0).map(({ step }) => step);
  if (time.rows === 0) return { isKnown: false, reason: 'no probed row came to an end' };
  const { rows, calls, loads } = plan;
  if (rows.asked === 0) return { isKnown: false, reason: 'the probe has asked all rows' };
  return expectTime({ probe: time, rows: rows.asked, calls, loads, rate: limits.rate, without });
}
