import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { ImageSource } from '../image-source.ts';
import { type InferenceMessage, isFinalMessage } from '../inference-message.ts';
import type { InferenceRequest } from '../inference-request.ts';
import type { MessageShape } from '../messages.ts';
import type { Platform } from '../platform.ts';
import type { Server } from '../server.ts';
import { streamed } from '../streamed.ts';
import type { Tool, ToolCall } from '../tool.ts';
import { withImages } from '../with-images.ts';

/** A turn of a talk. */
export interface ChatTurn {
  /** Not checked by the server; templates know these. */
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly thinking?: string;
  /** Images, or audio as WAV or MP3; files are read at each subscription. */
  readonly images?: readonly ImageSource[];
  readonly tool_calls?: readonly ToolCall[];
  /** In a result of a tool: which one. */
  readonly tool_name?: string;
  /** In a result of a tool: the `id` of the call. */
  readonly tool_call_id?: string;
}

/** A talk to go on with. Without messages the model is loaded, or unloaded with `keep_alive: 0`. */
export interface ChatRequest extends InferenceRequest {
  readonly messages?: readonly ChatTurn[];
  /** Needs the capability `tools`. There is no way to force a call. */
  readonly tools?: readonly Tool[];
}

/** A piece of the answer. */
export interface ChatMessage extends InferenceMessage {
  /** What came since the previous message; there on the final one too, and with text or calls in it now and then. */
  readonly message: {
    readonly role: string;
    readonly content: string;
    readonly thinking?: string;
    /** Whole calls, never parts. */
    readonly tool_calls?: readonly ToolCall[];
  };
}

const shape: MessageShape<ChatMessage> = {
  isFinal: isFinalMessage,
  textOf: ({ message }) => message?.content,
  thinkingOf: ({ message }) => message?.thinking,
};

/**
 * Answers a talk, one message per token or so; tool calls come whole.
 *
 * @returns Cold: each subscription is one request; unsubscribing ends it on the server too.
 * @throws {OllamaError} As `generate`; `CAPABILITY_MISSING` where the model knows no tools, `MODEL_OUTPUT_BAD` for a call
 *   that the server cannot read.
 * @see https://docs.ollama.com/api/chat
 */
export const chat =
  (server: Server, platform: Platform) =>
  (request: ChatRequest): Observable<ChatMessage> =>
    withImages(request.messages ?? [], platform, (turns) => {
      const ready = request.messages === undefined ? request : { ...request, messages: turns };
      return server.stream(post('/api/chat', streamed(ready)), shape);
    });
