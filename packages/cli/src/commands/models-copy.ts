import { MillraceError } from '@millrace/errors';
import { lastValueFrom } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { isSameModel } from '../hosts/model-names.ts';
import { atHost, installedAt, namedIn } from '../models/find-models.ts';
import { type HostFlags, withHosts } from '../models/with-hosts.ts';
import { oneLine } from '../render/safe-text.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace models copy`. */
export interface ModelsCopyFlags extends HostFlags {
  readonly force?: boolean;
}

/** `millrace models copy FROM TO`: gives a model another name, at each host that has it. Returns the exit code. */
export const modelsCopy = (from: string, to: string, flags: ModelsCopyFlags, terminal: Terminal): Promise<number> =>
  withHosts(flags, { engine: false }, terminal, async (hosts) => {
    const installed = await installedAt(hosts);
    const sources = namedIn(installed, from);
    const isThere = installed.some(({ model }) => isSameModel(model.name, to));
    if (isThere && !flags.force)
      throw new MillraceError('USAGE_INVALID', `There is a model \`${oneLine(to, 100)}\` already.`, {
        hint: 'Choose another name, or replace it with `--force`.',
      });
    for (const { ollama, model } of sources) {
      await lastValueFrom(ollama.copy({ source: model.name, destination: to }));
      await terminal.out(`Copied ${oneLine(model.name, 100)} to ${oneLine(to, 100)}${atHost(ollama, hosts)}.\n`);
    }
    return exitCodes.done;
  });
