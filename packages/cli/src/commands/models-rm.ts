import { MillraceError } from '@millrace/errors';
import { lastValueFrom } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { createQuestions, noAnswer } from '../init/questions.ts';
import { atHost, type HostedModel, installedAt, namedIn } from '../models/find-models.ts';
import { type HostFlags, withHosts } from '../models/with-hosts.ts';
import { bytes } from '../render/figures.ts';
import { oneLine } from '../render/safe-text.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace models rm`. */
export interface ModelsRmFlags extends HostFlags {
  readonly yes?: boolean;
}

/** `millrace models rm MODEL...`: removes them from each host that has them, none where one is not there. Returns the exit code. */
export const modelsRm = (names: readonly string[], flags: ModelsRmFlags, terminal: Terminal): Promise<number> =>
  withHosts(flags, { engine: false }, terminal, async (hosts) => {
    const installed = await installedAt(hosts);
    const doomed = [...new Set(names.flatMap((name) => namedIn(installed, name)))];
    const shown = ({ ollama, model }: HostedModel): string =>
      `${oneLine(model.name, 100)} (${bytes(model.size)})${atHost(ollama, hosts)}`;
    if (!flags.yes) {
      const answer = await confirm(doomed.map(shown), terminal);
      if (answer !== 'yes') {
        terminal.err('Nothing was removed.\n');
        return answer === undefined ? exitCodes.interrupted : exitCodes.invalid;
      }
    }
    for (const one of doomed) {
      await lastValueFrom(one.ollama.delete({ model: one.model.name }));
      await terminal.out(`Removed ${shown(one)}.\n`);
    }
    return exitCodes.done;
  });

/** Undefined where nobody answers. */
async function confirm(doomed: readonly string[], terminal: Terminal): Promise<string | undefined> {
  if (!terminal.inIsTty)
    throw new MillraceError(
      'USAGE_INVALID',
      `${doomed.join(', ')} would be removed, and there is no terminal to ask on.`,
      {
        hint: 'Say `--yes` where that is meant.',
      },
    );
  const questions = createQuestions(terminal);
  try {
    return await questions.choose(`Remove ${doomed.join(', ')}?`, ['yes', 'no'], 'no');
  } catch (error) {
    if (error !== noAnswer) throw error;
    terminal.err('\n');
    return undefined;
  } finally {
    questions.close();
  }
}
