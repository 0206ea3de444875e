import type { Ollama } from '@millrace/core';
import { MillraceError } from '@millrace/errors';
import { lastValueFrom } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { isSameModel } from '../hosts/model-names.ts';
import { atHost, installedAt, noModel } from '../models/find-models.ts';
import { type HostFlags, withHosts } from '../models/with-hosts.ts';
import { oneLine } from '../render/safe-text.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace models unload`. */
export interface ModelsUnloadFlags extends HostFlags {
  readonly all?: boolean;
}

interface Resident {
  readonly ollama: Ollama;
  readonly name: string;
}

/** `millrace models unload MODEL...|--all`: takes them out of the memory of each host. Returns the exit code. */
export async function modelsUnload(
  names: readonly string[],
  flags: ModelsUnloadFlags,
  terminal: Terminal,
): Promise<number> {
  if (names.length > 0 === (flags.all === true))
    throw new MillraceError('USAGE_INVALID', 'Say which models are meant: their names, or `--all`.', {
      hint: '`millrace models ps` lists those that are loaded.',
    });
  return await withHosts(flags, { engine: false }, terminal, async (hosts) => {
    const residents = await residentsOf(hosts);
    const meant = flags.all ? residents : residents.filter(({ name }) => names.some((one) => isSameModel(one, name)));
    const others = names.filter((name) => !meant.some((one) => isSameModel(one.name, name)));
    if (others.length > 0) await checkInstalled(others, hosts);
    for (const { ollama, name } of meant) {
      await lastValueFrom(ollama.generate({ model: name, keep_alive: 0 }));
      await terminal.out(`Unloaded ${oneLine(name, 100)}${atHost(ollama, hosts)}.\n`);
    }
    for (const name of others) terminal.err(`${oneLine(name, 100)} is not loaded.\n`);
    if (flags.all && meant.length === 0) terminal.err('No model is loaded.\n');
    return exitCodes.done;
  });
}

async function residentsOf(hosts: readonly Ollama[]): Promise<readonly Resident[]> {
  const lists = await Promise.all(
    hosts.map(async (ollama) => (await lastValueFrom(ollama.ps())).models.map(({ name }) => ({ ollama, name }))),
  );
  return lists.flat();
}

/** What is not loaded may be misspelt. */
async function checkInstalled(names: readonly string[], hosts: readonly Ollama[]): Promise<void> {
  const installed = (await installedAt(hosts)).map(({ model }) => model.name);
  const wrong = names.find((name) => !installed.some((one) => isSameModel(one, name)));
  if (wrong !== undefined) throw noModel(wrong, installed);
}
