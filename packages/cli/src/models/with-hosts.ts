import type { Ollama } from '@millrace/core';
import { searchHosts } from '../hosts/search-hosts.ts';
import { startEngine } from '../hosts/start-engine.ts';
import { oneLine, safeText } from '../render/safe-text.ts';
import type { Terminal } from '../terminal.ts';

/** The flags that say which hosts are meant. */
export interface HostFlags {
  readonly host?: readonly string[];
}

/** What is done with the hosts. */
export interface HostsWanted {
  /** Whether the embedded engine will do, where nobody named a host and none answers. */
  readonly engine: boolean;
}

/**
 * Finds the hosts that answer, says which do not, and lets them go when what is done with them is over.
 *
 * @throws {MillraceError} `HOST_MISSING`, `ENGINE_FAILED`.
 */
export async function withHosts(
  { host: flags = [] }: HostFlags,
  { engine }: HostsWanted,
  terminal: Terminal,
  act: (hosts: readonly Ollama[]) => Promise<number>,
): Promise<number> {
  const onExit = (error: Error): void => terminal.err(`${oneLine(error.message, 1000)}\n`);
  const search = searchHosts({
    flags,
    file: [],
    env: terminal.env,
    models: [],
    isNeeded: true,
    ...(engine && { startEngine: () => startEngine({ onExit }) }),
  });
  try {
    const { hosts, notes, isUnusual } = await search.choose();
    if (isUnusual) terminal.err(`${safeText(notes.join('\n'))}\n`);
    return await act(hosts);
  } finally {
    await search.close();
  }
}
