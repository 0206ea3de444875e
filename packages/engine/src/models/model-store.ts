import { usualNumCtx } from '../inference/context-slot.ts';
import type { OpenLlama } from '../inference/open-llama.ts';
import { type ModelName, shortName } from '../wire/model-name.ts';
import { type LoadedModel, loadModel } from './loaded-model.ts';
import type { ModelFile } from './model-file.ts';
import { contextLength } from './model-metadata.ts';
import { createResidence, type Residence } from './residence.ts';

/** A model the engine serves, in memory or not. */
export interface ServedModel {
  readonly file: ModelFile;
  readonly residence: Residence<LoadedModel>;
  /** Window of the latest request, for `/api/ps`. */
  numCtx: number;
}

/** The models of an engine, by name. */
export interface ModelStore {
  readonly models: readonly ServedModel[];
  find(name: ModelName): ServedModel | undefined;
}

/** The models in these files, none of them loaded. @throws where two have one name. */
export function createModelStore(open: OpenLlama, files: readonly ModelFile[], parallel: number): ModelStore {
  const byName = new Map<string, ServedModel>();
  for (const file of files) {
    const name = key(file.name);
    if (byName.has(name)) throw new Error(`Two models are called "${name}".`);
    const residence = createResidence(
      () => loadModel(open, file, parallel),
      (loaded) => loaded.dispose(),
    );
    byName.set(name, { file, residence, numCtx: Math.min(usualNumCtx, contextLength(file) ?? usualNumCtx) });
  }
  return { models: [...byName.values()], find: (name) => byName.get(key(name)) };
}

function key(name: ModelName): string {
  return shortName(name).toLowerCase();
}
