import { chooseWindows } from '../context/choose-windows.ts';
import { createTokenMeter, type TokenMeter } from '../context/token-meter.ts';
import type { ModelWindow } from '../context/windows.ts';
import type { LoadedWorkflow } from '../load-workflow.ts';
import { modelsOf, needsHost } from '../models-of.ts';
import type { InputValue } from '../resolve-inputs.ts';
import { builtInKinds } from '../steps/index.ts';
import {
  askWithin,
  factsOf,
  lookAtHost,
  type ModelFacts,
  orAborted,
  type SeenHost,
  usedHosts,
} from './look-at-hosts.ts';
import { type PlanPeek, peekPlan } from './peek-plan.ts';
import type { PlanWorld } from './plan-world.ts';

/** What is there before a run: hosts, models and the journal. */
export interface Around {
  /** Whether any step asks a model. */
  readonly needsHost: boolean;
  /** Those that the workflow names itself. */
  readonly models: readonly string[];
  readonly facts: ReadonlyMap<string, ModelFacts>;
  readonly seen: readonly SeenHost[];
  readonly used: readonly SeenHost[];
  readonly meter: TokenMeter;
  readonly windows: ReadonlyMap<string, ModelWindow>;
  readonly run: PlanPeek;
}

/** Looks at hosts and journal as they are now, and chooses the windows that a run would choose. */
export async function lookAround(
  workflow: LoadedWorkflow,
  world: PlanWorld,
  inputs: Readonly<Record<string, InputValue>>,
): Promise<Around> {
  const { signal, kinds = builtInKinds } = world;
  const ask = askWithin(signal);
  const isNeeded = needsHost(workflow, kinds);
  const models = modelsOf(workflow, kinds);
  const seen = isNeeded ? await Promise.all(world.hosts.map((host) => lookAtHost(host, models, ask))) : [];
  signal?.throwIfAborted();
  const used = usedHosts(seen);
  const hosts = used.map(({ ollama }) => ollama);
  const residents = used.map((host) => host.residents);
  const facts = await Promise.all(models.map(async (model) => [model, await factsOf(model, used, ask)] as const));
  const meter = createTokenMeter();
  const choosing =
    hosts.length > 0 ? chooseWindows(workflow, { hosts, residents, inputs, meter }) : Promise.resolve(new Map());
  const windows = await orAborted(choosing, signal);
  const run = await orAborted(peekPlan(workflow, { ...world, hosts }, inputs), signal);
  return { needsHost: isNeeded, models, facts: new Map(facts), seen, used, meter, windows, run };
}
