import { isObject } from '../wire/read-fields.ts';
import type { ModelFile } from './model-file.ts';

/** What the engine can do with any of its models. */
export const capabilities = ['completion'] as const;

/** The metadata of a GGUF file under their dotted names, such as `llama.context_length`. */
export function flatMetadata({ info }: ModelFile): Readonly<Record<string, unknown>> {
  const flat: Record<string, unknown> = {};
  const walk = (value: unknown, path: string) => {
    if (!isObject(value)) flat[path] = typeof value === 'bigint' ? Number(value) : value;
    else for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
  };
  walk(info.metadata, '');
  return flat;
}

/** The longest context the model was trained with. */
export function contextLength(file: ModelFile): number | undefined {
  return architectureNumber(file, 'context_length');
}

/** Width of the model. */
export function embeddingLength(file: ModelFile): number | undefined {
  return architectureNumber(file, 'embedding_length');
}

function architectureNumber(file: ModelFile, key: string): number | undefined {
  const value = flatMetadata(file)[`${file.info.metadata.general.architecture}.${key}`];
  return typeof value === 'number' ? value : undefined;
}
