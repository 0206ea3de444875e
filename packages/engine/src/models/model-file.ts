import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { GgufFileInfo } from 'node-llama-cpp';
import type { EngineModel } from '../engine-model.ts';
import type { LlamaLibrary } from '../inference/open-llama.ts';
import { type ModelName, parseModelName } from '../wire/model-name.ts';

/** What is known of a model without loading it. */
export interface ModelFile {
  readonly source: EngineModel;
  readonly name: ModelName;
  readonly size: number;
  readonly modifiedAt: Date;
  readonly info: GgufFileInfo;
  /** SHA-256 of the file, in hexadecimal; read when first asked for. */
  digest(): Promise<string>;
}

/** Reads the head of a model's file. @throws where there is no such file or it is no GGUF. */
export async function readModelFile({ readGgufFileInfo }: LlamaLibrary, source: EngineModel): Promise<ModelFile> {
  const name = parseModelName(source.name);
  if (name === null) throw new Error(`"${source.name}" is no model name: write it like \`name\` or \`name:tag\`.`);
  const { size, mtime } = await stat(source.path);
  const info = await readGgufFileInfo(source.path, { sourceType: 'filesystem', logWarnings: false }).catch((error) => {
    throw unreadable(source, error);
  });
  let digest: Promise<string> | undefined;
  return {
    source,
    name,
    size,
    modifiedAt: mtime,
    info,
    digest() {
      digest ??= hashFile(source.path);
      return digest;
    },
  };
}

/** The error for a file that llama.cpp cannot read. */
export function unreadable({ path }: EngineModel, error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`${path} cannot be read as a model: ${reason}`, { cause: error });
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
