import { createInterface } from 'node:readline';
import type { Ollama } from '@millrace/core';
import type { Observable } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { ask } from './ask.ts';
import type { Talk } from './talk.ts';

/** How a talk without a terminal goes. */
export interface ByLines {
  readonly ollama: Ollama;
  readonly signals$: Observable<unknown>;
  readonly stats: boolean;
}

/**
 * Talks line by line: each line of stdin that is not empty is a message and never a command, each answer a paragraph on stdout, with an empty line
 * between two. Returns the exit code.
 *
 * @throws {MillraceError} What the first call throws that fails: what comes behind it would stand on nothing.
 */
export async function talkByLines(
  talk: Talk,
  { ollama, signals$, stats }: ByLines,
  terminal: Terminal,
): Promise<number> {
  const lines = createInterface({ input: terminal.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  let isInterrupted = false;
  const listening = signals$.subscribe(() => {
    isInterrupted = true;
    lines.close();
  });
  try {
    let isFirst = true;
    for await (const line of lines) {
      if (isInterrupted) break;
      if (line.trim() === '') continue;
      if (!isFirst) await terminal.out('\n');
      isFirst = false;
      if (await ask(talk, line.trim(), { ollama, terminal, stop$: signals$, stats })) break;
    }
    return isInterrupted ? exitCodes.interrupted : exitCodes.done;
  } finally {
    listening.unsubscribe();
    lines.close();
    // What stays unread would keep the program alive.
    terminal.stdin.destroy();
  }
}
