import { fileURLToPath } from 'node:url';
import { bundledModels } from './bundled-models.ts';
import type { EngineModel } from './engine-model.ts';

/** The bundled models with the places of their files. */
export function bundledModelFiles(): readonly EngineModel[] {
  return bundledModels.map((name) => ({
    name,
    path: fileURLToPath(new URL(`../models/${name}.gguf`, import.meta.url)),
    stop: ['<|user|>', '</s>'],
    license: 'MIT',
  }));
}
