import type { LoadedModel, Ollama } from '@millrace/core';
import { lastValueFrom } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { type HostFlags, withHosts } from '../models/with-hosts.ts';
import { ahead, bytes, count, percent } from '../render/figures.ts';
import { oneLine, safeJson } from '../render/safe-text.ts';
import { alignColumns } from '../render/table.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace models ps`. */
export interface ModelsPsFlags extends HostFlags {
  readonly format: 'text' | 'json';
}

interface Resident {
  readonly ollama: Ollama;
  readonly model: LoadedModel;
}

/** `millrace models ps`: lists what is in memory. Returns the exit code. */
export const modelsPs = (flags: ModelsPsFlags, terminal: Terminal): Promise<number> =>
  withHosts(flags, { engine: false }, terminal, async (hosts) => {
    const lists = await Promise.all(
      hosts.map(async (ollama) => (await lastValueFrom(ollama.ps())).models.map((model) => ({ ollama, model }))),
    );
    const residents: readonly Resident[] = lists.flat();
    if (flags.format === 'json') await terminal.out(`${safeJson(residents.map(jsonOf))}\n`);
    else if (residents.length === 0) await terminal.out('No model is loaded.\n');
    else await terminal.out(tableOf(residents, hosts.length > 1, Date.now()));
    return exitCodes.done;
  });

const tableOf = (residents: readonly Resident[], several: boolean, now: number): string =>
  alignColumns([
    ['NAME', 'SIZE', 'GPU', 'CONTEXT', 'UNLOADED', ...(several ? ['HOST'] : [])],
    ...residents.map(({ ollama, model }) => [
      oneLine(model.name, 100),
      bytes(model.size),
      percent(model.size_vram, model.size),
      model.context_length === undefined ? '–' : count(model.context_length),
      ahead(Date.parse(model.expires_at), now),
      ...(several ? [ollama.baseUrl] : []),
    ]),
  ])
    .map((line) => `${line}\n`)
    .join('');

const jsonOf = ({ ollama, model }: Resident) => {
  const { name, size, size_vram, digest, context_length, expires_at } = model;
  return { name, host: ollama.baseUrl, size, size_vram, digest, context_length, expires_at };
};
