import { type Ollama, type Transfer, transfer } from '@millrace/core';
import { isMillraceError, MillraceError } from '@millrace/errors';
import { lastValueFrom, type Observable, takeUntil, tap } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { createInterrupts } from '../interrupts.ts';
import { atHost } from '../models/find-models.ts';
import { createPullView } from '../models/pull-view.ts';
import { type HostFlags, withHosts } from '../models/with-hosts.ts';
import { bytes } from '../render/figures.ts';
import { oneLine } from '../render/safe-text.ts';
import type { Terminal } from '../terminal.ts';

/** `millrace models pull MODEL`: downloads it to each host in turn. Returns the exit code. */
export async function modelsPull(model: string, flags: HostFlags, terminal: Terminal): Promise<number> {
  const interrupts$ = createInterrupts(terminal);
  return await withHosts(flags, { engine: false }, terminal, async (hosts) => {
    for (const ollama of hosts) {
      const last = await pullTo(ollama, model, interrupts$, terminal);
      if (last?.status !== 'success') {
        terminal.err('Stopped. What has arrived is kept: the same command goes on from there.\n');
        return exitCodes.interrupted;
      }
      const size = last.total > 0 ? ` (${bytes(last.total)})` : '';
      await terminal.out(`Pulled ${oneLine(model, 100)}${size}${atHost(ollama, hosts)}.\n`);
    }
    return exitCodes.done;
  });
}

async function pullTo(
  ollama: Ollama,
  model: string,
  interrupts$: Observable<unknown>,
  terminal: Terminal,
): Promise<Transfer | undefined> {
  const view = createPullView(terminal);
  try {
    const rows$ = ollama.pull({ model }).pipe(transfer(), tap(view.show), takeUntil(interrupts$));
    return await lastValueFrom(rows$, { defaultValue: undefined });
  } catch (error) {
    throw isMillraceError(error) && error.code === 'MODEL_NOT_FOUND' ? notThere(model, error) : error;
  } finally {
    view.close();
  }
}

const notThere = (model: string, cause: MillraceError): MillraceError =>
  new MillraceError('MODEL_NOT_FOUND', `There is no model \`${oneLine(model, 100)}\` to download.`, {
    cause,
    hint: 'Check the name and the tag at https://ollama.com/library.',
  });
