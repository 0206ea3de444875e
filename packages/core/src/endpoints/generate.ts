import type { Observable } from 'rxjs';
import { post } from '../call.ts';
import type { ImageSource } from '../image-source.ts';
import { type InferenceMessage, isFinalMessage } from '../inference-message.ts';
import type { InferenceRequest } from '../inference-request.ts';
import type { MessageShape } from '../messages.ts';
import type { Platform } from '../platform.ts';
import type { Server } from '../server.ts';
import { streamed } from '../streamed.ts';
import type { ToolCall } from '../tool.ts';
import { withImages } from '../with-images.ts';

/** A prompt to complete. Without a prompt the model is loaded, or unloaded with `keep_alive: 0`. */
export interface GenerateRequest extends InferenceRequest {
  readonly prompt?: string;
  /** What shall come behind the answer; needs the capability `insert`. */
  readonly suffix?: string;
  /** Images, or audio as WAV or MP3; files are read at each subscription. */
  readonly images?: readonly ImageSource[];
  /** In place of the model's own system prompt. */
  readonly system?: string;
  /** A Go template, in place of the model's own. */
  readonly template?: string;
  /** `context` of an earlier answer. Deprecated by Ollama: use chat. */
  readonly context?: readonly number[];
  /** Sends the prompt as it is, without a template; not with `system`, `template` or `context`. */
  readonly raw?: boolean;
}

/** A piece of the answer. */
export interface GenerateMessage extends InferenceMessage {
  /** The text since the previous message; may be empty. */
  readonly response: string;
  /** The thinking since the previous message. */
  readonly thinking?: string;
  /** On the final message, not with `raw`: the tokens so far, which makes for a long line. */
  readonly context?: readonly number[];
  /** Calls before the last message are lost here: use chat for tools. */
  readonly tool_calls?: readonly ToolCall[];
}

const shape: MessageShape<GenerateMessage> = {
  isFinal: isFinalMessage,
  textOf: (message) => message.response,
  thinkingOf: (message) => message.thinking,
};

/**
 * Completes a prompt, one message per token or so.
 *
 * @returns Cold: each subscription is one request; unsubscribing ends it on the server too.
 * @throws {OllamaError} `OLLAMA_UNREACHABLE`, `OLLAMA_BUSY`, `MODEL_NOT_FOUND`, `CONTEXT_OVERFLOW`, `STREAM_TRUNCATED`,
 *   `TIMED_OUT` and the others of the table of server errors; from the first message on with the partial text.
 * @see https://docs.ollama.com/api/generate
 */
export const generate =
  (server: Server, platform: Platform) =>
  (request: GenerateRequest): Observable<GenerateMessage> =>
    withImages([request], platform, ([ready]) =>
      server.stream(post('/api/generate', streamed(ready as GenerateRequest)), shape),
    );
