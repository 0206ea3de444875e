import type { Terminal } from '../terminal.ts';

/** Standard input for whoever reads rows from it; asking for it opens it, so it is asked for by the first read. */
export const lazyStdin = (terminal: Pick<Terminal, 'stdin'>): AsyncIterable<Uint8Array> & { destroy(): void } => ({
  [Symbol.asyncIterator]: () => terminal.stdin[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>,
  destroy: () => void terminal.stdin.destroy(),
});
