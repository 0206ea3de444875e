import { fileURLToPath } from 'node:url';
import { createDaemon, createLog, type LogLevel } from '@millrace/server';
import { firstValueFrom } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { createSignals } from '../interrupts.ts';
import { journalPath } from '../journal-path.ts';
import { plural } from '../render/figures.ts';
import { findRoots } from '../serve/find-roots.ts';
import { launchRun } from '../serve/launch-run.ts';
import { readToken } from '../serve/read-token.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace serve`. */
export interface ServeFlags {
  readonly port: number;
  readonly listen: string;
  readonly tokenFile?: string;
  readonly host?: readonly string[];
  readonly maxRuns?: number;
  readonly logLevel: LogLevel;
  readonly journal?: string;
}

/** `millrace serve [DIR…]`: starts what is due until Ctrl-C or SIGTERM. Returns the exit code. */
export async function serve(words: readonly string[], flags: ServeFlags, terminal: Terminal): Promise<number> {
  const signals$ = createSignals(terminal);
  const stopped = firstValueFrom(signals$);
  const token = await readToken(flags.tokenFile, terminal.env);
  const roots = await findRoots(words, terminal.cwd);
  const journal = journalPath(flags, terminal);
  const log = createLog(flags.logLevel, (line) => void terminal.out(line));
  const start = launchRun({ program, journal, hosts: flags.host ?? [], env: terminal.env });
  const daemon = await createDaemon({ roots, journalPath: journal, start, log, maxRuns: flags.maxRuns });
  try {
    const scheduled = daemon.workflows().filter(({ schedule }) => schedule).length;
    terminal.err(
      `Serving ${plural(daemon.workflows().length, 'workflow')}, ${scheduled} with a schedule. Ctrl-C stops.\n`,
    );
    await Promise.race([daemon.failed, stopped]);
  } finally {
    terminal.err('Stopping. What is in work goes on at the next start; Ctrl-C again ends it at once.\n');
    const again = signals$.subscribe(() => void daemon.stop());
    await daemon.stop();
    again.unsubscribe();
  }
  return exitCodes.done;
}

/** This program, however it was bundled. */
const program = process.argv[1] ?? fileURLToPath(import.meta.url);
