import type { InstalledModel, LoadedModel, Ollama } from '@millrace/core';
import { describeError, type ErrorDescription } from '@millrace/errors';
import { firstValueFrom, forkJoin } from 'rxjs';

/** A host as it answers now; one that does not answer has an error, and that is an answer too. */
export type SeenHost = { readonly url: string } & (
  | {
      readonly version: string;
      readonly installed: readonly InstalledModel[];
      readonly loaded: readonly LoadedModel[];
    }
  | { readonly error: ErrorDescription }
);

/** Somebody waits for the answer, and what it asks for takes a server no time. */
const clocks = { connectMs: 2_000, firstByteMs: 5_000, totalMs: 5_000 };

/** Asks a host for its version, its models, and those in memory. */
export async function lookAtHost(ollama: Ollama): Promise<SeenHost> {
  const client = ollama.withClocks(clocks);
  const url = ollama.baseUrl;
  try {
    const asked = forkJoin({ version: client.version(), tags: client.tags(), ps: client.ps() });
    const { version, tags, ps } = await firstValueFrom(asked);
    return { url, version: version.version, installed: tags.models ?? [], loaded: ps.models ?? [] };
  } catch (error) {
    return { url, error: describeError(error) };
  }
}
