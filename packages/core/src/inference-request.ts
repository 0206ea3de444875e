import type { ModelOptions } from './model-options.ts';

/** Seconds as a number, or a Go duration such as `10m` or `1h30m`; 0 unloads when idle, below 0 stays for ever. */
export type KeepAlive = number | string;

/** Whether a thinking model thinks, or how hard. Absent: it does. */
export type Think = boolean | 'low' | 'medium' | 'high' | 'max';

/** `json`, or a JSON Schema that the answer is held to. Validate the answer all the same: support is partial. */
export type Format = 'json' | Readonly<Record<string, unknown>>;

/** What a request to generate and one to chat have in common. Every field but `model` has a default on the server. */
export interface InferenceRequest {
  /** Name with optional tag, such as `gemma3:4b`. */
  readonly model: string;
  readonly format?: Format;
  readonly think?: Think;
  readonly options?: ModelOptions;
  /** State of the loaded model, not of the request: the last writer wins. Default: the server's, 5 minutes. */
  readonly keep_alive?: KeepAlive;
  /** Whether a prompt that does not fit is cut in silence. Send false to get `CONTEXT_OVERFLOW`. Default: true. */
  readonly truncate?: boolean;
  /** Whether old tokens are dropped when the window is full. A change reloads the model. Default: true on most. */
  readonly shift?: boolean;
  readonly logprobs?: boolean;
  /** 0 to 20; without `logprobs` it does nothing. */
  readonly top_logprobs?: number;
  /** Answers with the rendered prompt and generates nothing. */
  readonly _debug_render_only?: boolean;
}
