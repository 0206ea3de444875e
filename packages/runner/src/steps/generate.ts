import { defineStepKind } from '../step-kind.ts';
import { stepMessages } from '../step-messages.ts';

/** `generate: PROMPT` — completes a prompt. */
export const generateStep = defineStepKind<string>({
  kind: 'generate',
  schema: { type: 'string', minLength: 1, description: 'The prompt.' },
  run: (prompt, { ollama, model, system, options, format, deltas }) =>
    ollama
      .generate({
        model,
        prompt,
        truncate: false,
        ...(system !== undefined && { system }),
        ...(options && { options }),
        ...(format !== undefined && { format }),
      })
      .pipe(stepMessages([{ role: 'user', content: prompt }], deltas)),
});
