import type { ChatTurn } from '@millrace/core';
import { MillraceError } from '@millrace/errors';
import { correctionOf, quoteOf } from '../correction.ts';
import { inferenceSettings } from '../inference-settings.ts';
import { promptText } from '../prompt-text.ts';
import { defineStepKind, type RejectedAnswer, type StepContext } from '../step-kind.ts';
import { stepMessages } from '../step-messages.ts';

const roles = ['system', 'user', 'assistant'] as const;

const turn = {
  type: 'object',
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
  properties: {
    system: { type: 'string', description: 'How the model should behave.', examples: ['You are brief.'] },
    user: { type: 'string', description: 'What the user says.', examples: ['${row.text}'] },
    assistant: { type: 'string', description: 'What the model said before.', examples: ['Yes.'] },
  },
  expects: 'one of `system:`, `user:` or `assistant:` with a text',
};

/** `chat: [{ system: … }, { user: … }]` — answers a talk; a list of `{ role, content }` from a row is taken too. */
export const chatStep = defineStepKind<unknown>({
  kind: 'chat',
  continues: true,
  schema: {
    type: 'array',
    minItems: 1,
    items: turn,
    description: 'The messages, such as `- user: …`; or an expression that gives a list of them.',
    examples: [[{ system: 'You are brief.' }, { user: '${row.text}' }], '${row.messages}'],
  },
  run: (body, context) => {
    const { ollama, system, talk = [], images, rejected, deltas } = context;
    const turns = withSystem([...(talk as readonly ChatTurn[]), ...turnsOf(body)], system);
    const again = rejected ? correctionTurns(rejected) : [];
    return ollama
      .chat({ messages: [...withImages(turns, images), ...again], ...inferenceSettings(context) })
      .pipe(stepMessages(turns, deltas));
  },
});

/** The system prompt of the step stands in front, in place of the one of a talk that goes on. */
function withSystem(turns: readonly ChatTurn[], system: string | undefined): readonly ChatTurn[] {
  if (system === undefined) return turns;
  return [{ role: 'system', content: system }, ...(turns[0]?.role === 'system' ? turns.slice(1) : turns)];
}

/** The images belong to what the user said last. */
function withImages(turns: readonly ChatTurn[], images: StepContext['images']): readonly ChatTurn[] {
  if (!images || images.length === 0) return turns;
  const last = turns.findLastIndex(({ role }) => role === 'user');
  if (last === -1)
    throw new MillraceError('EXPRESSION_FAILED', '`images` belong to a message of the user, and there is none.');
  return turns.map((turn, index) => (index === last ? { ...turn, images } : turn));
}

const correctionTurns = (rejected: RejectedAnswer): readonly ChatTurn[] => [
  { role: 'assistant', content: quoteOf(rejected) },
  { role: 'user', content: correctionOf(rejected) },
];

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
