import type { Observable } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { oneLine, safeText } from '../render/safe-text.ts';
import type { Terminal } from '../terminal.ts';
import { startEngine } from './start-engine.ts';
import { openTalkHost, type TalkHost } from './talk-host.ts';

/** Which host and model are wanted. */
export interface WantedHost {
  readonly model: string | undefined;
  readonly hosts: readonly string[];
  /** Ctrl-C and SIGTERM: while the host is looked for, they end the command. */
  readonly signals$: Observable<unknown>;
}

/** Finds a host, says what is unusual about it, and lets it go when what is done with it is over. Gives the exit code of that. */
export async function withTalkHost(
  { model, hosts, signals$ }: WantedHost,
  terminal: Terminal,
  act: (host: TalkHost) => Promise<number>,
): Promise<number> {
  const starting = new AbortController();
  const { signal } = starting;
  const early = signals$.subscribe(() => starting.abort());
  const onExit = (error: Error): void => terminal.err(`${oneLine(error.message, 1000)}\n`);
  const interrupted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const { env } = terminal;
  const opening = openTalkHost({ model, hosts, env, startEngine: () => startEngine({ signal, onExit }) });
  const host = await Promise.race([opening, interrupted]).finally(() => early.unsubscribe());
  if (host === undefined || signal.aborted) {
    // What is still being opened is closed once it is there.
    opening.then(
      (late) => late.close(),
      () => {}, // it was aborted
    );
    return exitCodes.interrupted;
  }
  try {
    if (host.notes.length > 0) terminal.err(`${safeText(host.notes.join('\n'))}\n`);
    return await act(host);
  } finally {
    await host.close();
  }
}
