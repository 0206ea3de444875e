import type { ChatMessage } from './endpoints/chat.ts';
import type { GenerateMessage } from './endpoints/generate.ts';
import type { ToolCall } from './tool.ts';

/** A message of generate or of chat. */
export type AnswerMessage = GenerateMessage | ChatMessage;

// What either endpoint may put where. Looking for `message` with `in` would take longer for each token than reading it.
type Parts = Partial<GenerateMessage & ChatMessage>;

/** The text a message adds, wherever the endpoint puts it. */
export function textOf(message: AnswerMessage): string {
  const { message: turn, response } = message as Parts;
  return turn?.content ?? response ?? '';
}

/** The thinking a message adds. */
export function thinkingOf(message: AnswerMessage): string {
  const { message: turn, thinking } = message as Parts;
  return turn?.thinking ?? thinking ?? '';
}

/** The calls a message adds. */
export function toolCallsOf(message: AnswerMessage): readonly ToolCall[] {
  const { message: turn, tool_calls } = message as Parts;
  return turn?.tool_calls ?? tool_calls ?? noCalls;
}

const noCalls: readonly ToolCall[] = [];
