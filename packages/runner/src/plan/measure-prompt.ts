import type { PlannedStep } from '@millrace/schema';
import { answerRoom } from '../context/answer-room.ts';
import { optionsOf } from '../context/longest-prompts.ts';
import { textsIn } from '../context/prompt-texts.ts';
import type { TokenMeter } from '../context/token-meter.ts';
import type { ModelWindow } from '../context/windows.ts';
import { tokensOfImage } from '../stages/staged-call.ts';
import type { MeasuredPrompt } from './call-tally.ts';
import { type OpenPrompt, textsOfPrompt } from './prompt-of.ts';

/** What prompts are measured against. */
export interface MeasureTools {
  readonly steps: readonly PlannedStep[];
  readonly meter: TokenMeter;
  readonly windows: ReadonlyMap<string, ModelWindow>;
  /** What models were trained for, in tokens. */
  readonly contextLengths: ReadonlyMap<string, number>;
}

/** Tokens of a prompt without and with what is missing in it, and whether they fit. */
export interface Measured extends Omit<MeasuredPrompt, 'place'> {
  /** Without the answers that are not there yet. */
  readonly shown: number;
}

/** Measures a prompt as the runner will; answers that are not there yet count as long as they may be. */
export type MeasurePrompt = (step: PlannedStep, prompt: OpenPrompt, value: unknown, talkTokens: number) => Measured;

/** @returns Of a prompt that cannot be made yet, about what the texts of the row have. */
export function createMeasure({ steps, meter, windows, contextLengths }: MeasureTools): MeasurePrompt {
  const rooms = new Map(
    steps.map((step) => [step.id, step.kind === 'set' || step.kind === 'split' ? 0 : answerRoom(optionsOf(step))]),
  );
  return (step, prompt, value, talkTokens) => {
    const { model = '', options, images } = prompt;
    const isEmbed = step.kind === 'embed';
    const texts = prompt.error ? textsIn(value) : textsOfPrompt(prompt);
    const ofTexts = isEmbed
      ? Math.max(0, ...texts.map((text) => meter.measure(model, [text])))
      : meter.measure(model, texts);
    const shown = ofTexts + images * tokensOfImage;
    const before = prompt.isComplete ? 0 : step.waitsFor.reduce((sum, id) => sum + (rooms.get(id) ?? 0), 0);
    const tokens = shown + before + talkTokens;
    const answer = isEmbed ? 0 : answerRoom(options);
    const own = isEmbed || options?.num_ctx !== undefined ? undefined : windows.get(model);
    const largest = options?.num_ctx ?? contextLengths.get(model) ?? Number.POSITIVE_INFINITY;
    const isTooLong = tokens > largest && step.onOverflow === 'fail';
    const waits = own !== undefined && tokens + answer > own.tokens && own.tokens < own.contextLength;
    return {
      tokens,
      shown,
      answer,
      isEstimated: !prompt.isComplete,
      fit: isTooLong ? 'too long' : waits ? 'waits' : 'fits',
    };
  };
}
