import type { OpenLlama } from '../inference/open-llama.ts';
import type { ModelStore } from '../models/model-store.ts';

/** What the routes work on. */
export interface EngineState {
  readonly open: OpenLlama;
  readonly store: ModelStore;
}
