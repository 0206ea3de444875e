import { defer } from 'rxjs';
import { promptText } from '../prompt-text.ts';
import { defineStepKind } from '../step-kind.ts';
import { stepMessages } from '../step-messages.ts';

/** `generate: PROMPT` — completes a prompt. */
export const generateStep = defineStepKind<unknown>({
  kind: 'generate',
  schema: { type: 'string', minLength: 1, description: 'The prompt.' },
  run: (body, { ollama, model, system, options, format, deltas }) =>
    defer(() => {
      const prompt = promptText(body);
      return ollama
        .generate({
          model,
          prompt,
          truncate: false,
          ...(system !== undefined && { system }),
          ...(options && { options }),
          ...(format !== undefined && { format }),
        })
        .pipe(stepMessages([{ role: 'user', content: prompt }], deltas));
    }),
});
