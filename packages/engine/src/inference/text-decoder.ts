import type { LlamaModel, Token } from 'node-llama-cpp';

/** Turns tokens into text, never cutting a character in two. */
export interface TokenDecoder {
  /** The text that is complete with this token; empty while a character is still in parts. */
  push(token: Token): string;
  /** What is left at the end, broken as it may be. */
  flush(): string;
}

const broken = '\uFFFD';

/** A decoder for text that follows `before`, whose last token decides about a leading space. */
export function createTokenDecoder(model: LlamaModel, before: readonly Token[]): TokenDecoder {
  let previous = before.slice(-1);
  let pending: Token[] = [];

  const text = (tokens: readonly Token[]) => model.detokenize(tokens, false, previous);

  function take(count: number): string {
    const taken = text(pending.slice(0, count));
    previous = pending.slice(count - 1, count);
    pending = pending.slice(count);
    return taken;
  }

  function takeComplete(): string {
    for (let count = pending.length; count > 0; count -= 1) {
      if (!text(pending.slice(0, count)).endsWith(broken)) return take(count);
    }
    // A character has four bytes at most: with five tokens and none complete, the first begins none.
    return pending.length > 4 ? take(1) : '';
  }

  return {
    push(token) {
      pending.push(token);
      return takeComplete();
    },
    flush() {
      return pending.length === 0 ? '' : take(pending.length);
    },
  };
}
