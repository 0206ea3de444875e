import type { Ollama } from '@millrace/core';
import type { PlannedStep } from '@millrace/schema';
import { fullModelName } from '../full-model-name.ts';
import type { ResidentModel } from '../lanes/residents.ts';
import type { LoadedWorkflow } from '../load-workflow.ts';
import { fixedModelOf } from '../models-of.ts';
import { defaultContext } from '../reduce/batches.ts';
import { convertCells } from '../rows/convert-cells.ts';
import { contextLengthOf } from './context-length.ts';
import { windowFor } from './ladder.ts';
import { createLongestPrompts, optionsOf } from './longest-prompts.ts';
import type { TokenMeter } from './token-meter.ts';
import type { ModelWindow } from './windows.ts';

/** What windows are chosen from. */
export interface WindowChoice {
  readonly hosts: readonly Ollama[];
  /** The models in memory of each host. */
  readonly residents: readonly (readonly ResidentModel[])[];
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly meter: TokenMeter;
}

/** The window that is enough for answers of which nobody says how long they may be. */
const openWindow = 4096;

/**
 * The window of each model that the workflow names and leaves `auto`: the smallest that fits the longest prompt of the rows that are looked
 * at, or the one that every host has it loaded with, where that is large enough. Models of which no host says what they were trained for are
 * left to the server.
 */
export async function chooseWindows(
  workflow: LoadedWorkflow,
  { hosts, residents, inputs, meter }: WindowChoice,
): Promise<Map<string, ModelWindow>> {
  const { steps } = workflow;
  const chosen = new Map<string, ModelWindow>();
  const asking = steps.filter((step) => step.kind !== 'embed' && fixedModelOf(step) !== undefined);
  const automatic = asking.filter(isAutomatic);
  const models = [...new Set(automatic.map((step) => fixedModelOf(step) as string))];
  const lengths = new Map<string, number>();
  for (const model of models) {
    const length = await contextLengthOf(model, hosts);
    if (length !== undefined) lengths.set(model, length);
  }
  if (lengths.size === 0) return chosen;
  const longest = createLongestPrompts(automatic, inputs, fixedModelOf, meter);
  for (const value of await sampleOf(workflow)) longest.look(value);
  for (const [model, contextLength] of lengths) {
    const own = automatic.filter((step) => fixedModelOf(step) === model);
    const needs = own.map((step) => Math.max(longest.needs.get(step.id) ?? 0, leastOf(step)));
    const need = Math.min(Math.max(...needs), contextLength);
    const said = asking.filter((step) => fixedModelOf(step) === model).map((step) => optionsOf(step)?.num_ctx ?? 0);
    const loaded = loadedWindow(model, residents);
    const same = [Math.max(0, ...said), loaded].find((window) => window >= need);
    chosen.set(model, { tokens: same ?? windowFor(need, contextLength), contextLength });
  }
  return chosen;
}

/** Rows that are looked at: enough to know the usual ones. A longer one that comes later waits for a larger window. */
const sampled = 1000;

async function sampleOf({
  each,
  rows,
}: LoadedWorkflow): Promise<readonly (Readonly<Record<string, unknown>> | undefined)[]> {
  if (!each || !rows) return [undefined];
  const seen = await rows.source.sample(sampled).catch(() => []); // the run itself will meet it
  return seen.flatMap((row) => {
    try {
      return [convertCells(row, rows.columns, each.columns)];
    } catch {
      return [];
    }
  });
}

const isAutomatic = (step: PlannedStep): boolean => optionsOf(step)?.num_ctx === undefined;

/** What a step needs whatever its rows are. */
function leastOf(step: PlannedStep): number {
  if (step.over?.fold === 'auto') return defaultContext;
  const { num_predict: asked = -1 } = optionsOf(step) ?? {};
  return asked > 0 ? asked : openWindow;
}

/** The window that the model has on every host, 0 where they differ. */
function loadedWindow(model: string, residents: WindowChoice['residents']): number {
  const windows = residents.map((models) => models.find(({ name }) => name === fullModelName(model))?.window ?? 0);
  return new Set(windows).size === 1 ? (windows[0] ?? 0) : 0;
}
