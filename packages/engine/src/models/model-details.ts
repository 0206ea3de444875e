import type { LlamaLibrary } from '../inference/open-llama.ts';
import type { ModelFile } from './model-file.ts';

/** `details` of a model in tags, ps and show. */
export interface ModelDetails {
  readonly parent_model: string;
  readonly format: 'gguf';
  readonly family: string;
  readonly families: readonly string[];
  readonly parameter_size: string;
  readonly quantization_level: string;
}

/** Reads them from the head of the file. */
export function modelDetails(file: ModelFile, { GgufFileType }: LlamaLibrary): ModelDetails {
  const { architecture, file_type: type } = file.info.metadata.general;
  return {
    parent_model: '',
    format: 'gguf',
    family: architecture,
    families: [architecture],
    parameter_size: humanNumber(parameterCount(file)),
    quantization_level:
      type === undefined ? 'unknown' : (GgufFileType[type] ?? 'unknown').replace(/^(ALL|MOSTLY)_/, ''),
  };
}

/** Number of weights in the file. */
export function parameterCount({ info }: ModelFile): number {
  const weights = (dimensions: readonly (number | bigint)[]) =>
    dimensions.reduce<number>((product, length) => product * Number(length), 1);
  return (info.fullTensorInfo ?? []).reduce((sum, { dimensions }) => sum + weights(dimensions), 0);
}

/** A count as Ollama prints it: `1.18M`, `7B`, `268.10M`. */
function humanNumber(count: number): string {
  for (const [unit, size] of [
    ['B', 1e9],
    ['M', 1e6],
    ['K', 1e3],
  ] as const) {
    if (count >= size) return `${Number.isInteger(count / size) ? count / size : (count / size).toFixed(2)}${unit}`;
  }
  return String(count);
}
