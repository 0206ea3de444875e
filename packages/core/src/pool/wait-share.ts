import type { InferenceMessage } from '../inference-message.ts';

/**
 * Which part of its time on the server a call waited for a slot, by the figures of its final message: what is not loading,
 * reading and writing. Undefined where it has no figures.
 */
export function waitShareOf(message: unknown): number | undefined {
  const figures = (message ?? {}) as Partial<InferenceMessage>;
  const { total_duration, load_duration = 0, prompt_eval_duration = 0, eval_duration } = figures;
  if (!total_duration || eval_duration === undefined) return undefined;
  return Math.max(0, 1 - (load_duration + prompt_eval_duration + eval_duration) / total_duration);
}
