import type { Logprob } from './logprob.ts';

/** What a message of generate and one of chat have in common. */
export interface InferenceMessage {
  /** As the request wrote it. */
  readonly model: string;
  /** RFC 3339, UTC, up to nine decimals. */
  readonly created_at: string;
  /** True on the final message only. */
  readonly done: boolean;
  /** On the final message: `stop` (also after tool calls), `length` (cut), `load`, `unload`. May be absent. */
  readonly done_reason?: string;
  /** Nanoseconds, waiting included. Like all figures here: on the final message, and absent for 0. */
  readonly total_duration?: number;
  /** Nanoseconds, waiting for the load included. */
  readonly load_duration?: number;
  /** Tokens of the prompt, those read from the cache included. */
  readonly prompt_eval_count?: number;
  /** Nanoseconds; short after a hit of the cache. */
  readonly prompt_eval_duration?: number;
  /** Tokens of the answer, thinking and swallowed stop texts included. */
  readonly eval_count?: number;
  /** Nanoseconds. */
  readonly eval_duration?: number;
  /** Of the tokens of this message; may come with an empty text. */
  readonly logprobs?: readonly Logprob[];
  /** The model behind a cloud name. */
  readonly remote_model?: string;
  readonly remote_host?: string;
  /** Answers `_debug_render_only`. */
  readonly _debug_info?: { readonly rendered_template: string; readonly image_count?: number };
}

/** Whether an answer is complete; a rendered prompt is one message that does not say `done`. */
export const isFinalMessage = (message: InferenceMessage): boolean => message.done || message._debug_info !== undefined;
