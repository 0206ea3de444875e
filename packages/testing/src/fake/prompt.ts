import type { Body } from './check-request.ts';
import { contextExceeded, type Failure, failures } from './fail.ts';
import type { LoadOptions } from './load-options.ts';
import { countTokens } from './tokens.ts';

/** The text a model reads, and how it was put together. */
export interface Prompt {
  readonly text: string;
  readonly lastText: string;
  /** Of `text`, plus 256 for each image. No template is added, so the count is that of the words alone. */
  readonly tokens: number;
}

const imageTokens = 256;

/** The prompt of a generate request. */
export function generatePrompt(body: Body): Prompt {
  const last = (body.prompt as string | null | undefined) ?? '';
  const system = (body.system as string | null | undefined) ?? '';
  const text = system === '' ? last : `${system}\n${last}`;
  return { text, lastText: last, tokens: countTokens(text) + imageTokens * lengthOf(body.images) };
}

/** The prompt of a chat request. */
export function chatPrompt(messages: readonly (ChatTurn | null)[]): Prompt {
  const text = messages.map((message) => message?.content ?? '').join('\n');
  const images = messages.reduce((sum, message) => sum + lengthOf(message?.images), 0);
  return { text, lastText: messages.at(-1)?.content ?? '', tokens: countTokens(text) + imageTokens * images };
}

/** One message, as far as it is read. */
export interface ChatTurn {
  readonly role?: string;
  readonly content?: string | null;
  readonly images?: readonly string[];
}

/**
 * Fits a prompt into the window as a 0.32 server does: `truncate: false` is refused, a chat loses its oldest messages
 * (never system ones or the last), and what is still too long its middle. Without context shift it is refused too.
 * The answering function sees the whole prompt all the same; `prompt_eval_count` and `tokensCut` tell of the cut.
 */
export function fitPrompt(prompt: Prompt, body: Body, load: LoadOptions): number | Failure {
  const limit = load.num_ctx;
  if (prompt.tokens < limit) return prompt.tokens;
  if (body.truncate === false) return contextExceeded(prompt.tokens, limit);
  const messages = body.messages;
  const shortened = Array.isArray(messages) ? dropOldest(messages as ChatTurn[], limit).tokens : prompt.tokens;
  if (shortened < limit) return shortened;
  if (!load.shift) return failures.promptTooLong;
  const keep = Math.max(0, Math.min(numKeep(body), limit - 1));
  return limit - Math.max(Math.floor((limit - keep) / 2), 1);
}

function dropOldest(messages: readonly (ChatTurn | null)[], limit: number): Prompt {
  let kept = [...messages];
  for (;;) {
    const prompt = chatPrompt(kept);
    const oldest = kept.findIndex((message, index) => message?.role !== 'system' && index < kept.length - 1);
    if (prompt.tokens < limit || oldest < 0) return prompt;
    kept = kept.filter((_message, index) => index !== oldest);
  }
}

function numKeep(body: Body): number {
  const options = (body.options ?? {}) as Body;
  const keep = (options.num_keep ?? 4) as number;
  return keep < 0 ? Number.POSITIVE_INFINITY : keep;
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
