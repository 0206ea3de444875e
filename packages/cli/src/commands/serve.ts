import { fileURLToPath } from 'node:url';
import { createOllama, type Ollama, optionsFrom } from '@millrace/core';
import type { HttpServer, LogLevel, ServedWorkflow } from '@millrace/server';
import { firstValueFrom } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { namedHosts } from '../hosts/search-hosts.ts';
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
  readonly name?: readonly string[];
  readonly host?: readonly string[];
  readonly maxRuns?: number;
  readonly logLevel: LogLevel;
  readonly journal?: string;
}

/** `millrace serve [DIR…]`: starts what is due until Ctrl-C or SIGTERM. Returns the exit code. */
export async function serve(words: readonly string[], flags: ServeFlags, terminal: Terminal): Promise<number> {
  const { createDaemon, createLog, startHttpServer } = await import('@millrace/server');
  const signals$ = createSignals(terminal);
  const stopped = firstValueFrom(signals$);
  const token = await readToken(flags.tokenFile, terminal.env);
  const roots = await findRoots(words, terminal.cwd);
  const journal = journalPath(flags, terminal);
  const log = createLog(flags.logLevel, (line) => void terminal.out(line));
  const start = launchRun({ program, journal, hosts: flags.host ?? [], env: terminal.env });
  const daemon = await createDaemon({ roots, journalPath: journal, start, log, maxRuns: flags.maxRuns });
  const hosts = hostsOf(flags.host ?? [], terminal.env);
  let server: HttpServer | undefined;
  try {
    const { listen: host, port, name: names } = flags;
    server = await startHttpServer({ daemon, journalPath: journal, hosts, token, listen: { host, port }, names, log });
    const failed = daemon.begin(server.url);
    terminal.err(`${servingText(daemon.workflows(), server.url)} Ctrl-C stops.\n`);
    await Promise.race([failed, stopped]);
    terminal.err('Stopping. What is in work goes on at the next start; Ctrl-C again ends it at once.\n');
  } finally {
    const again = signals$.subscribe(() => void daemon.stop());
    await server?.close();
    await daemon.stop();
    again.unsubscribe();
    for (const ollama of hosts) ollama.close();
  }
  return exitCodes.done;
}

/** The servers of models that are shown; which ones a run asks, its workflow may say otherwise. */
const hostsOf = (flags: readonly string[], env: Terminal['env']): readonly Ollama[] =>
  (namedHosts({ flags, file: [], env }) ?? ['']).map((host) =>
    createOllama(optionsFrom({ OLLAMA_HOST: host, OLLAMA_API_KEY: env.OLLAMA_API_KEY })),
  );

function servingText(workflows: readonly ServedWorkflow[], url: string): string {
  const scheduled = workflows.filter(({ schedule }) => schedule).length;
  return `Serving ${plural(workflows.length, 'workflow')}, ${scheduled} with a schedule, at ${url}.`;
}

/** This program, however it was bundled. */
const program = process.argv[1] ?? fileURLToPath(import.meta.url);
