import type { Ollama } from '@millrace/core';
import { lastValueFrom } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { contextLengthOf } from '../models/context-length.ts';
import { type HostedModel, installedAt } from '../models/find-models.ts';
import { type HostFlags, withHosts } from '../models/with-hosts.ts';
import { ago, bytes, count } from '../render/figures.ts';
import { oneLine, safeJson } from '../render/safe-text.ts';
import { alignColumns } from '../render/table.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace models`. */
export interface ModelsListFlags extends HostFlags {
  readonly format: 'text' | 'json';
}

/** A model with its window. */
type ListedModel = HostedModel & { readonly contextLength: number | undefined };

/** `millrace models`: lists what is installed. Returns the exit code. */
export const modelsList = (flags: ModelsListFlags, terminal: Terminal): Promise<number> =>
  withHosts(flags, { engine: true }, terminal, async (hosts) => {
    const models = await withContext(await installedAt(hosts));
    if (flags.format === 'json') await terminal.out(`${safeJson(models.map(jsonOf))}\n`);
    else if (models.length > 0) await terminal.out(tableOf(models, hosts, Date.now()));
    else await terminal.out('There are no models yet: `millrace models pull gemma3:4b` downloads one.\n');
    return exitCodes.done;
  });

/** So many models are asked about at a time. */
const atOnce = 4;

/** Servers before 0.30 tell the window only when they are asked about each model. */
async function withContext(models: readonly HostedModel[]): Promise<readonly ListedModel[]> {
  const listed: ListedModel[] = [];
  for (let from = 0; from < models.length; from += atOnce) {
    const some = models.slice(from, from + atOnce).map(async ({ ollama, model }) => ({
      ollama,
      model,
      contextLength: model.details.context_length ?? (await askedContext(ollama, model.name)),
    }));
    listed.push(...(await Promise.all(some)));
  }
  return listed;
}

/** What cannot be told is left out of a list. */
const askedContext = (ollama: Ollama, model: string): Promise<number | undefined> =>
  lastValueFrom(ollama.show({ model })).then(contextLengthOf, () => undefined);

const tableOf = (models: readonly ListedModel[], hosts: readonly Ollama[], now: number): string => {
  const several = hosts.length > 1;
  return alignColumns([
    ['NAME', 'SIZE', 'PARAMETERS', 'QUANTISATION', 'CONTEXT', 'MODIFIED', 'DIGEST', ...(several ? ['HOST'] : [])],
    ...models.map(({ ollama, model, contextLength }) => [
      oneLine(model.name, 100),
      bytes(model.size),
      oneLine(model.details.parameter_size, 20) || '–',
      oneLine(model.details.quantization_level, 20) || '–',
      contextLength === undefined ? '–' : count(contextLength),
      ago(Date.parse(model.modified_at), now),
      oneLine(model.digest, 100).slice(0, 12),
      ...(several ? [ollama.baseUrl] : []),
    ]),
  ])
    .map((line) => `${line}\n`)
    .join('');
};

const jsonOf = ({ ollama, model, contextLength }: ListedModel) => {
  const { name, size, digest, modified_at, details, capabilities } = model;
  const { family, parameter_size, quantization_level } = details;
  return {
    name,
    host: ollama.baseUrl,
    size,
    digest,
    modified_at,
    family,
    parameter_size,
    quantization_level,
    context_length: contextLength,
    capabilities,
  };
};
