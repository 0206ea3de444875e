import type { InstalledModel, Ollama } from '@millrace/core';
import { MillraceError } from '@millrace/errors';
import { lastValueFrom } from 'rxjs';
import { isSameModel, nearModel } from '../hosts/model-names.ts';
import { oneLine } from '../render/safe-text.ts';

/** A model of a host. */
export interface HostedModel {
  readonly ollama: Ollama;
  readonly model: InstalledModel;
}

/** Every model of the hosts. */
export async function installedAt(hosts: readonly Ollama[]): Promise<readonly HostedModel[]> {
  const lists = await Promise.all(
    hosts.map(async (ollama) => (await lastValueFrom(ollama.tags())).models.map((model) => ({ ollama, model }))),
  );
  return lists.flat();
}

/**
 * Those that a name means, one at most of each host.
 *
 * @throws {MillraceError} `MODEL_NOT_FOUND` where no host has it, with the one that was meant.
 */
export function namedIn(installed: readonly HostedModel[], name: string): readonly HostedModel[] {
  const found = installed.filter(({ model }) => isSameModel(model.name, name));
  if (found.length > 0) return found;
  throw noModel(
    name,
    installed.map(({ model }) => model.name),
  );
}

/** That there is no such model. */
export function noModel(name: string, installed: readonly string[]): MillraceError {
  const near = nearModel(name, installed);
  return new MillraceError('MODEL_NOT_FOUND', `There is no model \`${oneLine(name, 100)}\`.`, {
    hint: near === undefined ? 'See `millrace models` for those that are there.' : `Did you mean \`${near}\`?`,
  });
}

/** ` at http://…` where there are several hosts. */
export const atHost = ({ baseUrl }: Ollama, hosts: readonly Ollama[]): string =>
  hosts.length > 1 ? ` at ${baseUrl}` : '';
