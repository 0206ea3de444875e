import type { InstalledModel, LoadedModel } from '@millrace/core';
import type { SeenHost } from '../look-at-host.ts';

/** A host, as it answers now. */
export const hostJson = (host: SeenHost) =>
  'error' in host
    ? host
    : {
        url: host.url,
        version: host.version,
        installed: host.installed.length,
        loaded: host.loaded.map(loadedJson),
      };

const loadedJson = ({ name, size, size_vram, context_length, expires_at }: LoadedModel) => ({
  name,
  size,
  size_vram,
  ...(context_length !== undefined && { context_length }),
  expires_at,
});

/** The models of all hosts, by name; those of one name and one digest are one. */
export function modelsJson(hosts: readonly SeenHost[]) {
  const found = new Map<
    string,
    { readonly model: InstalledModel; readonly on: string[]; readonly loadedOn: string[] }
  >();
  for (const host of hosts) {
    if ('error' in host) continue;
    const loaded = new Set(host.loaded.map(identityOf));
    for (const model of host.installed) {
      const known = found.get(identityOf(model)) ?? { model, on: [], loadedOn: [] };
      known.on.push(host.url);
      if (loaded.has(identityOf(model))) known.loadedOn.push(host.url);
      found.set(identityOf(model), known);
    }
  }
  return [...found.values()]
    .sort((a, b) => compare(identityOf(a.model), identityOf(b.model)))
    .map(({ model, on, loadedOn }) => modelJson(model, on, loadedOn));
}

const identityOf = ({ name, digest }: { readonly name: string; readonly digest: string }): string =>
  `${name} ${digest}`;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A server of an older version, or a stand-in for one, may leave out what is only told. */
const modelJson = (
  { name, digest, size, details, capabilities }: InstalledModel,
  hosts: readonly string[],
  loadedOn: readonly string[],
) => ({
  name,
  digest,
  size,
  ...(details?.family && { family: details.family }),
  ...(details?.parameter_size && { parameter_size: details.parameter_size }),
  ...(details?.quantization_level && { quantization: details.quantization_level }),
  ...(capabilities && { capabilities }),
  hosts,
  loaded_on: loadedOn,
});
