import { correctionOf, quoteOf } from '../correction.ts';
import { inferenceSettings } from '../inference-settings.ts';
import { promptText } from '../prompt-text.ts';
import { defineStepKind } from '../step-kind.ts';
import { stepMessages } from '../step-messages.ts';

/** `generate: PROMPT` — completes a prompt. */
export const generateStep = defineStepKind<unknown>({
  kind: 'generate',
  schema: {
    type: 'string',
    minLength: 1,
    description: 'The prompt.',
    examples: ['Summarise in a sentence: ${row.text}'],
  },
  run: (body, context) => {
    const { ollama, system, images, rejected, deltas } = context;
    const prompt = promptText(body);
    const again = rejected ? `\n\nYour answer was:\n${quoteOf(rejected)}\n\n${correctionOf(rejected)}` : '';
    return ollama
      .generate({
        prompt: prompt + again,
        ...(system !== undefined && { system }),
        ...(images && { images }),
        ...inferenceSettings(context),
      })
      .pipe(stepMessages([{ role: 'user', content: prompt }], deltas));
  },
});
