import { fileURLToPath } from 'node:url';
import type { EngineModel } from './engine-model.ts';

/** Names of the models that come with this package. Reading it loads nothing. */
export const bundledModels: readonly string[] = ['millrace-micro'];

/** The bundled models with the places of their files. */
export function bundledModelFiles(): readonly EngineModel[] {
  return bundledModels.map((name) => ({
    name,
    path: fileURLToPath(new URL(`../models/${name}.gguf`, import.meta.url)),
    stop: ['<|user|>', '</s>'],
    license: 'MIT',
  }));
}
