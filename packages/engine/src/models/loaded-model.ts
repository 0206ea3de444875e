import type { LlamaModel, Token, TokenBias } from 'node-llama-cpp';
import { type ContextSlot, createContextSlot } from '../inference/context-slot.ts';
import type { OpenLlama } from '../inference/open-llama.ts';
import { createChatRenderer, type RenderChat } from '../inference/render-chat.ts';
import { createSlots, type Slots } from '../inference/slots.ts';
import { withoutControlTokens } from '../inference/without-control-tokens.ts';
import { type ModelFile, unreadable } from './model-file.ts';

/** A model in memory, with the slots to run it in. */
export interface LoadedModel {
  readonly model: LlamaModel;
  readonly slots: Slots<ContextSlot>;
  readonly renderChat: RenderChat;
  /** Special tokens that the model's stop strings name. They never become text, so the strings alone cannot see them. */
  readonly stopTokens: ReadonlySet<Token>;
  /** For answers under a grammar; made when first asked for. */
  withoutControlTokens(): TokenBias;
  dispose(): Promise<void>;
}

/** Loads a model. @throws where llama.cpp cannot read it. */
export async function loadModel(
  { library, llama }: OpenLlama,
  file: ModelFile,
  parallel: number,
): Promise<LoadedModel> {
  const model = await llama.loadModel({ modelPath: file.source.path }).catch((error) => {
    throw unreadable(file.source, error);
  });
  const places = Array.from({ length: parallel }, () => createContextSlot(model));
  const special = (file.source.stop ?? []).map((stop) => model.tokenize(stop, true));
  let bias: TokenBias | undefined;
  return {
    model,
    slots: createSlots(places),
    renderChat: createChatRenderer(library, model),
    stopTokens: new Set(
      special.flatMap((tokens) => (tokens.length === 1 ? tokens.filter((token) => model.isSpecialToken(token)) : [])),
    ),
    withoutControlTokens() {
      bias ??= withoutControlTokens(library, model);
      return bias;
    },
    async dispose() {
      await Promise.all(places.map((place) => place.dispose()));
      await model.dispose();
    },
  };
}
