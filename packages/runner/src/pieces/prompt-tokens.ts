import type { PlannedStep } from '@millrace/schema';
import { textsIn } from '../context/prompt-texts.ts';
import { createTokenMeter } from '../context/token-meter.ts';
import type { StepCall } from '../run-step.ts';
import { tokensOfImage } from '../stages/staged-call.ts';
import type { Names } from '../step-runner.ts';

/** Learns nothing: where a prompt is cut must be the same in a run that goes on. */
const meter = createTokenMeter();

/** Tokens of the prompt that a step makes of these names, about and rather more than less; undefined where it makes none. */
export function promptTokens({ body, system, images }: PlannedStep, names: Names): number | undefined {
  try {
    const texts = [...textsIn(body.render(names)), ...textsIn(system?.render(names))];
    const pictures = images?.render(names);
    return meter.measure('', texts) + (Array.isArray(pictures) ? pictures.length * tokensOfImage : 0);
  } catch {
    return undefined;
  }
}

/** Tokens that are left for an answer of which nobody says how long it may be: less of a small window. */
const unsaidAnswer = (window: number): number => Math.min(1024, Math.floor(window / 4));

/** Tokens that a prompt may have in a window that has room for its answer. */
export function roomForPrompt({ kind, context }: StepCall, window: number): number {
  if (kind.kind === 'embed') return window;
  const { num_predict: asked = -1 } = context.options ?? {};
  return window - (asked > 0 ? asked : unsaidAnswer(window));
}
