import type { ChatMessage } from './endpoints/chat.ts';
import type { GenerateMessage } from './endpoints/generate.ts';
import type { ToolCall } from './tool.ts';

/** A message of generate or of chat. */
export type AnswerMessage = GenerateMessage | ChatMessage;

/** The text a message adds, wherever the endpoint puts it. */
export const textOf = (message: AnswerMessage): string =>
  ('message' in message ? message.message?.content : message.response) ?? '';

/** The thinking a message adds. */
export const thinkingOf = (message: AnswerMessage): string =>
  ('message' in message ? message.message?.thinking : message.thinking) ?? '';

/** The calls a message adds. */
export const toolCallsOf = (message: AnswerMessage): readonly ToolCall[] =>
  ('message' in message ? message.message?.tool_calls : message.tool_calls) ?? noCalls;

const noCalls: readonly ToolCall[] = [];
