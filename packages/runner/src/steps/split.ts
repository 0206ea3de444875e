import { MillraceError } from '@millrace/errors';
import { defer, of } from 'rxjs';
import { splitText } from '../split-text.ts';
import { defineStepKind } from '../step-kind.ts';

/** Enough for a few paragraphs, and small beside any context. */
const defaultTokens = 512;

/** `split: TEXT` or `split: { text, tokens, overlap }` — cuts a text into a list of shorter ones; asks no model. */
export const splitStep = defineStepKind<unknown>({
  kind: 'split',
  asksModel: false,
  value: { type: 'array', items: { type: 'string' } },
  schema: {
    anyOf: [
      { type: 'string' },
      {
        type: 'object',
        required: ['text'],
        additionalProperties: false,
        properties: {
          text: { type: 'string', description: 'The text to cut.', examples: ['${row.text}'] },
          tokens: {
            type: 'integer',
            minimum: 1,
            default: defaultTokens,
            examples: [400],
            description: 'The most that a piece may have, by the estimate of the language.',
          },
          overlap: {
            type: 'integer',
            minimum: 0,
            default: 0,
            examples: [40],
            description: 'How much of a piece the next one begins with; less than `tokens`.',
          },
        },
      },
    ],
    expects: 'a text, or a map with `text:`',
    description: 'A text that is cut into a list of pieces, at paragraphs, sentences or words.',
    examples: ['${row.text}', { text: '${row.text}', tokens: 400, overlap: 40 }],
  },
  run: (body) =>
    defer(() => {
      const { text, tokens, overlap } = partsOf(body);
      return of({ type: 'value' as const, value: splitText(text, tokens, overlap) });
    }),
});

function partsOf(body: unknown): { readonly text: string; readonly tokens: number; readonly overlap: number } {
  const isMap = typeof body === 'object' && body !== null;
  const { text, tokens = defaultTokens, overlap = 0 } = (isMap ? body : { text: body }) as Record<string, unknown>;
  if (typeof text !== 'string') throw refuse(`\`split\` takes a text, and got ${JSON.stringify(text ?? null)}.`);
  if (!isCount(tokens) || tokens < 1)
    throw refuse(`\`split.tokens\` is ${JSON.stringify(tokens)}, and must be 1 or more.`);
  if (!isCount(overlap) || overlap >= tokens)
    throw refuse(
      `\`split.overlap\` is ${JSON.stringify(overlap)}, and must be at least 0 and less than \`tokens\` (${tokens}).`,
    );
  return { text, tokens, overlap };
}

const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

const refuse = (message: string): MillraceError => new MillraceError('EXPRESSION_FAILED', message);
