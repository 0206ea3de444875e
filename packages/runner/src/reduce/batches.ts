import { estimateTokens, type PlannedStep } from '@millrace/schema';
import type { Names } from '../step-runner.ts';

/** The window of a model where nobody says how large it is: Ollama's own. */
const defaultContext = 4096;

/**
 * Cuts items into those of one call each. `auto` takes as many as leave room for the prompt and the answer; at least two, since a fold of
 * one item at a time would never end.
 */
export function batchesOf(
  items: readonly unknown[],
  fold: number | 'auto' | undefined,
  roomFor: () => number,
): readonly (readonly unknown[])[] {
  if (fold === undefined) return [items];
  return fold === 'auto' ? byTokens(items, roomFor()) : byCount(items, Math.max(2, fold));
}

function byCount(items: readonly unknown[], count: number): readonly (readonly unknown[])[] {
  return Array.from({ length: Math.ceil(items.length / count) }, (_, n) => items.slice(n * count, (n + 1) * count));
}

function byTokens(items: readonly unknown[], room: number): readonly (readonly unknown[])[] {
  const batches: unknown[][] = [];
  let used = 0;
  for (const item of items) {
    const cost = tokensOf(item) + 1;
    const batch = batches.at(-1);
    if (batch && (batch.length < 2 || used + cost <= room)) {
      batch.push(item);
      used += cost;
    } else {
      batches.push([item]);
      used = cost;
    }
  }
  return batches;
}

const tokensOf = (value: unknown): number => estimateTokens(typeof value === 'string' ? value : JSON.stringify(value));

/** Tokens that items may have: the window without the prompt itself and without the answer. */
export function roomForItems(step: PlannedStep, names: Names): number {
  const options = step.options?.render(names) as
    | { readonly num_ctx?: number; readonly num_predict?: number }
    | undefined;
  const context = options?.num_ctx ?? (step.context === 'auto' ? defaultContext : step.context);
  const { num_predict: asked = -1 } = options ?? {};
  const answer = asked > 0 ? asked : Math.floor(context / 4);
  return Math.max(0, context - answer - tokensOfPrompt(step, { ...names, items: [] }));
}

/** A prompt that cannot be made without items has a tenth of what a small window has. */
const unknownPrompt = 400;

function tokensOfPrompt({ body, system }: PlannedStep, names: Names): number {
  try {
    return tokensOf([body.render(names), system?.render(names) ?? '']);
  } catch {
    return unknownPrompt;
  }
}
