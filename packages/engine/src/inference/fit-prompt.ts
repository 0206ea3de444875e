import type { Token } from 'node-llama-cpp';

/** Tokens that a prompt may have in a window: one place is left for the answer. */
export function fits(tokens: readonly Token[], numCtx: number): boolean {
  return tokens.length < numCtx;
}

/**
 * Cuts the middle out of a prompt that is too long, as Ollama 0.30 and later do: the first `keep` tokens stay, and so
 * many of the last that about half the window is free again.
 */
export function cutMiddle(tokens: readonly Token[], numCtx: number, keep: number): Token[] {
  const kept = Math.min(Math.max(keep < 0 ? tokens.length : keep, 0), numCtx - 1);
  const length = numCtx - Math.max(Math.floor((numCtx - kept) / 2), 1);
  const tail = Math.max(length - kept, 0);
  return [...tokens.slice(0, Math.min(kept, length)), ...(tail > 0 ? tokens.slice(-tail) : [])];
}
