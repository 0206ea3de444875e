import type { ChatMessage } from './endpoints/chat.ts';
import type { GenerateMessage } from './endpoints/generate.ts';
import type { ToolCall } from './tool.ts';

/** A message of generate or of chat. */
export type AnswerMessage = GenerateMessage | ChatMessage;

/** What a message adds to the answer, wherever the endpoint puts it. */
export interface MessageParts {
  readonly text: string;
  readonly thinking: string;
  readonly toolCalls: readonly ToolCall[];
}

const noCalls: readonly ToolCall[] = [];

/** Reads the parts of a message of either endpoint. */
export function partsOf(message: AnswerMessage): MessageParts {
  if ('message' in message) {
    const { content, thinking, tool_calls } = message.message;
    return { text: content ?? '', thinking: thinking ?? '', toolCalls: tool_calls ?? noCalls };
  }
  return { text: message.response ?? '', thinking: message.thinking ?? '', toolCalls: message.tool_calls ?? noCalls };
}
