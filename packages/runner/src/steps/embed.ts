import type { EmbedResponse, Usage } from '@millrace/core';
import { OllamaError } from '@millrace/errors';
import { defer, map, of } from 'rxjs';
import { promptText } from '../prompt-text.ts';
import { defineStepKind } from '../step-kind.ts';

/** `embed: TEXT` — the vector of a text, or of each text of a list, in one call. */
export const embedStep = defineStepKind<unknown>({
  kind: 'embed',
  value: { type: 'array' },
  schema: {
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    expects: 'a text, or a list of texts',
    description:
      'A text, whose vector is the value; or a list of texts, all embedded in one call, whose value is the list of vectors.',
    examples: ['${row.text}', '${chunks}'],
  },
  run: (body, { ollama, model, options, keepAlive, truncate = false }) =>
    defer(() => {
      const texts = Array.isArray(body) ? body.map(promptText) : [promptText(body)];
      if (texts.length === 0) return of({ type: 'value' as const, value: [] });
      return ollama
        .embed({
          model,
          input: Array.isArray(body) ? texts : (texts[0] as string),
          truncate,
          ...(options && { options }),
          ...(keepAlive !== undefined && { keep_alive: keepAlive }),
        })
        .pipe(
          map((response) => {
            const vectors = vectorsOf(response, texts.length);
            return {
              type: 'value' as const,
              value: Array.isArray(body) ? vectors : vectors[0],
              usage: usageOf(response),
            };
          }),
        );
    }),
});

/** @throws {OllamaError} `SERVER_ERROR` where the answer has not one vector for each text: none may land on another text. */
function vectorsOf({ embeddings, model }: EmbedResponse, count: number): EmbedResponse['embeddings'] {
  if (Array.isArray(embeddings) && embeddings.length === count) return embeddings;
  const message = `The model \`${model}\` gave ${embeddings?.length ?? 0} vectors for ${count} texts.`;
  throw new OllamaError('SERVER_ERROR', message);
}

const usageOf = ({ prompt_eval_count = 0, total_duration = 0, load_duration = 0 }: EmbedResponse): Usage => ({
  promptTokens: prompt_eval_count,
  outputTokens: 0,
  totalMs: total_duration / 1e6,
  loadMs: load_duration / 1e6,
  promptMs: Math.max(0, total_duration - load_duration) / 1e6,
  outputMs: 0,
});
