import type { LlamaContext, LlamaContextSequence, LlamaModel } from 'node-llama-cpp';

/** Tokens of a window where the model allows them and no request names another: as on an Ollama without a GPU. */
export const usualNumCtx = 4096;

/** One llama.cpp context with one sequence in it. Nothing is shared, so nothing beside it changes its answers. */
export interface ContextSlot {
  /** The sequence, empty, with room for that many tokens; made anew only if it was smaller. */
  clear(numCtx: number): Promise<LlamaContextSequence>;
  dispose(): Promise<void>;
}

/** A slot that makes its context when it is first used. */
export function createContextSlot(model: LlamaModel): ContextSlot {
  let open:
    | { readonly context: LlamaContext; readonly sequence: LlamaContextSequence; readonly size: number }
    | undefined;

  async function resize(size: number): Promise<LlamaContextSequence> {
    await open?.context.dispose();
    open = undefined;
    const context = await model.createContext({ contextSize: size, batchSize: Math.min(size, 512), threads: 1 });
    open = { context, sequence: context.getSequence(), size };
    return open.sequence;
  }

  return {
    async clear(numCtx) {
      const size = Math.max(numCtx, Math.min(usualNumCtx, model.trainContextSize));
      if (open === undefined || open.size < size) return resize(size);
      await open.sequence.clearHistory();
      return open.sequence;
    },
    async dispose() {
      await open?.context.dispose();
      open = undefined;
    },
  };
}
