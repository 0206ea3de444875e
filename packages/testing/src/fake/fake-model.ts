import { createHash } from 'node:crypto';

/** A model the fake server has; only `name` is needed. */
export interface FakeModel {
  /** As in `ollama pull`; without a tag `:latest` is meant. */
  readonly name: string;
  /** Default `['completion']`; others: `tools`, `thinking`, `insert`, `vision`, `embedding`. */
  readonly capabilities?: readonly string[];
  /** Tokens it was trained for: the upper bound of `num_ctx`. Default 32768. */
  readonly contextLength?: number;
  /** Window of a request without `num_ctx`. Default 4096, or `contextLength` where that is less. */
  readonly defaultContext?: number;
  /** Milliseconds one load takes; default that of the server. */
  readonly loadMs?: number;
  /** Makes every load fail with 500 and these words. */
  readonly loadError?: string;
  /** Requests served at once; default that of the server; always 1 for an embedding model. */
  readonly slots?: number;
  /** Models with equal `weights` share one loaded instance, as tags of one GGUF do. Default: the name. */
  readonly weights?: string;
  /** Length of its vectors. Default 64. */
  readonly embeddingLength?: number;
  /** Bytes on disk and in memory. Default 253113964. */
  readonly size?: number;
  readonly family?: string;
  /** 64 hexadecimal digits. Default: some that depend on the name alone. */
  readonly digest?: string;
}

/** A model with its defaults filled in. */
export interface InstalledModel extends Required<Omit<FakeModel, 'loadError'>> {
  readonly loadError: string | undefined;
  readonly modifiedAt: string;
}

/** What a model takes over from the server where it says nothing. */
export interface ModelDefaults {
  readonly loadMs: number;
  readonly slots: number;
}

/** Fills in the defaults of a model, or of a bare name. */
export function installModel(model: string | FakeModel, defaults: ModelDefaults, modifiedAt: string): InstalledModel {
  const given: FakeModel = typeof model === 'string' ? { name: model } : model;
  const name = fullName(given.name);
  const capabilities = given.capabilities ?? ['completion'];
  const contextLength = given.contextLength ?? 32_768;
  return {
    size: 253_113_964,
    family: name.split(':')[0]?.split('/').at(-1) ?? name,
    weights: name,
    embeddingLength: 64,
    loadMs: defaults.loadMs,
    ...given,
    loadError: given.loadError,
    name,
    capabilities,
    contextLength,
    defaultContext: Math.min(given.defaultContext ?? 4096, contextLength),
    slots: capabilities.includes('embedding') ? 1 : (given.slots ?? defaults.slots),
    digest: given.digest ?? createHash('sha256').update(name).digest('hex'),
    modifiedAt,
  };
}

/** The name with its tag; `latest` where none is given. */
export function fullName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).includes(':') ? name : `${name}:latest`;
}

/** The name as the registry would write it, for the errors that do. */
export function registryName(name: string): string {
  return `registry.ollama.ai/${name.includes('/') ? '' : 'library/'}${fullName(name)}`;
}
