import type { InferenceMessage } from './inference-message.ts';

/** What an answer took. A figure the server left out is 0. */
export interface Usage {
  /** Those read from the cache included. */
  readonly promptTokens: number;
  /** Thinking included. */
  readonly outputTokens: number;
  /** On the server, waiting included; fractions of a millisecond are kept here and below. */
  readonly totalMs: number;
  readonly loadMs: number;
  readonly promptMs: number;
  readonly outputMs: number;
}

/** Reads the figures of a final message. */
export function usageOf(message: InferenceMessage): Usage {
  return {
    promptTokens: message.prompt_eval_count ?? 0,
    outputTokens: message.eval_count ?? 0,
    totalMs: milliseconds(message.total_duration),
    loadMs: milliseconds(message.load_duration),
    promptMs: milliseconds(message.prompt_eval_duration),
    outputMs: milliseconds(message.eval_duration),
  };
}

const milliseconds = (nanoseconds = 0): number => nanoseconds / 1e6;
