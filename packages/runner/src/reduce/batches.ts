import { estimateTokens, type PlannedStep } from '@millrace/schema';
import type { Names } from '../step-runner.ts';

/** The window of a model where nobody says how large it is: Ollama's own. */
export const defaultContext = 4096;

/**
 * Cuts items into those of one call each, reading no further than it is asked. `auto` takes as many as leave room for the prompt and the answer; at least two, since a fold of
 * one item at a time would never end.
 */
export function batchesOf(
  items: Iterable<unknown>,
  fold: number | 'auto' | undefined,
  roomFor: () => number,
): Generator<readonly unknown[]> {
  if (fold === undefined) return byCount(items, Number.POSITIVE_INFINITY);
  return fold === 'auto' ? byTokens(items, roomFor()) : byCount(items, Math.max(2, fold));
}

function* byCount(items: Iterable<unknown>, count: number): Generator<readonly unknown[]> {
  let batch: unknown[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < count) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function* byTokens(items: Iterable<unknown>, room: number): Generator<readonly unknown[]> {
  let batch: unknown[] = [];
  let used = 0;
  for (const item of items) {
    const cost = tokensOf(item) + 1;
    if (batch.length >= 2 && used + cost > room) {
      yield batch;
      batch = [];
      used = 0;
    }
    batch.push(item);
    used += cost;
  }
  if (batch.length > 0) yield batch;
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
