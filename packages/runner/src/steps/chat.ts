import type { ChatTurn } from '@millrace/core';
import { MillraceError } from '@millrace/errors';
import { defer } from 'rxjs';
import { promptText } from '../prompt-text.ts';
import { defineStepKind } from '../step-kind.ts';
import { stepMessages } from '../step-messages.ts';

const roles = ['system', 'user', 'assistant'] as const;

const turn = {
  type: 'object',
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
  properties: {
    system: { type: 'string', description: 'How the model should behave.' },
    user: { type: 'string', description: 'What the user says.' },
    assistant: { type: 'string', description: 'What the model said before.' },
  },
  expects: 'one of `system:`, `user:` or `assistant:` with a text',
};

/** `chat: [{ system: … }, { user: … }]` — answers a talk; a list of `{ role, content }` from a row is taken too. */
export const chatStep = defineStepKind<unknown>({
  kind: 'chat',
  schema: {
    type: 'array',
    minItems: 1,
    items: turn,
    description: 'The messages, such as `- user: …`; or an expression that gives a list of them.',
  },
  run: (body, { ollama, model, system, options, format, deltas }) =>
    defer(() => {
      const messages = [
        ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
        ...turnsOf(body),
      ];
      return ollama
        .chat({
          model,
          messages,
          truncate: false,
          ...(options && { options }),
          ...(format !== undefined && { format }),
        })
        .pipe(stepMessages(messages, deltas));
    }),
});

function turnsOf(body: unknown): ChatTurn[] {
  if (Array.isArray(body) && body.length > 0)
    return body.map((message, index) => turnOf(message) ?? refuse(message, index));
  throw new MillraceError('EXPRESSION_FAILED', `\`chat\` takes a list of messages, and got ${JSON.stringify(body)}.`);
}

/** `{ user: … }` as the file writes it, or `{ role, content, … }` as the wire has it. */
function turnOf(message: Readonly<Record<string, unknown>> | null): ChatTurn | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  if (typeof message.role === 'string' && typeof message.content === 'string') return message as unknown as ChatTurn;
  const role = roles.find((name) => Object.hasOwn(message, name));
  return role && { role, content: promptText(message[role]) };
}

function refuse(message: unknown, index: number): never {
  const hint = 'A message is `{ user: … }` or `{ role: …, content: … }`, each a text.';
  throw new MillraceError(
    'EXPRESSION_FAILED',
    `Message ${index + 1} of \`chat\` is no message: ${JSON.stringify(message)}.`,
    {
      hint,
    },
  );
}
