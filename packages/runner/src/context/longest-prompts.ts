import type { ModelOptions } from '@millrace/core';
import type { PlannedStep } from '@millrace/schema';
import type { Names } from '../step-runner.ts';
import { answerRoom } from './answer-room.ts';
import { textsIn, textsOfStep } from './prompt-texts.ts';
import type { TokenMeter } from './token-meter.ts';

/** Finds out what the longest prompt of each step, with its answer, needs. */
export interface LongestPrompts {
  /** @param value Of a row; absent in a run without `each`. */
  look(value: Readonly<Record<string, unknown>> | undefined): void;
  /** Tokens by step. */
  readonly needs: ReadonlyMap<string, number>;
}

/** A text that is shorter than this share of the longest one so far is not measured: characters say enough. */
const worthMeasuring = 0.7;
/** From then on only a longer one than all before is. */
const enoughMeasured = 50;

/** @param modelOf The model of a step; those without one are left out. */
export function createLongestPrompts(
  steps: readonly PlannedStep[],
  inputs: Readonly<Record<string, unknown>>,
  modelOf: (step: PlannedStep) => string | undefined,
  meter: TokenMeter,
): LongestPrompts {
  const needs = new Map<string, number>();
  const lengths = new Map<string, number>();
  const measured = new Map<string, number>();
  const rooms = new Map(steps.map((step) => [step.id, answerRoom(optionsOf(step))]));

  /** What steps before it will have answered stands in the prompt of this one as a rule. */
  const answersBefore = ({ waitsFor }: PlannedStep): number =>
    waitsFor.reduce((sum, id) => sum + (rooms.get(id) ?? 0), 0);

  return {
    needs,
    look: (value) => {
      const names: Names = { inputs, ...(value && { row: value, key: '', index: 0 }) };
      for (const step of steps) {
        const model = modelOf(step);
        if (model === undefined) continue;
        const texts = textsOfStep(step, names) ?? textsIn(value);
        const length = texts.reduce((sum, text) => sum + text.length, 0);
        const longest = lengths.get(step.id) ?? 0;
        const isEnough = (measured.get(step.id) ?? 0) >= enoughMeasured;
        if (length < longest * worthMeasuring || (isEnough && length <= longest)) continue;
        lengths.set(step.id, Math.max(length, longest));
        measured.set(step.id, (measured.get(step.id) ?? 0) + 1);
        const need = meter.measure(model, texts) + answersBefore(step) + (rooms.get(step.id) ?? 0);
        needs.set(step.id, Math.max(needs.get(step.id) ?? 0, need));
      }
    },
  };
}

/** As far as they are the same for all rows. */
export function optionsOf({ options, context }: PlannedStep): ModelOptions | undefined {
  let own: ModelOptions | undefined;
  try {
    own = (options?.render({}) ?? undefined) as ModelOptions | undefined;
  } catch {
    own = undefined;
  }
  return context === 'auto' ? own : { num_ctx: context, ...own };
}
