import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Terminal } from '../terminal.ts';

/** What was typed at the prompt, at this and earlier times. */
export interface PromptHistory {
  /** The newest first. */
  readonly lines: string[];
  add(line: string): void;
  /** Waits until what was added is written. */
  close(): Promise<void>;
}

/** So many lines are offered; a file of twice as many is cut back. */
const mostLines = 1_000;

/** Keeps nothing. */
export const noHistory = (): PromptHistory => ({ lines: [], add: () => {}, close: async () => {} });

/**
 * Opens the history of this user, in a file that nobody else may read. A prompt works without it: what cannot be read or written is not there.
 */
export async function openHistory({ env }: Pick<Terminal, 'env'>): Promise<PromptHistory> {
  const file = historyFile(env);
  if (file === undefined) return noHistory();
  const all = linesIn(await readFile(file, 'utf8').catch(() => ''));
  const kept = all.slice(-mostLines);
  const write = (text: string, put: typeof appendFile): Promise<void> =>
    mkdir(dirname(file), { recursive: true, mode: 0o700 })
      .then(() => put(file, text, { mode: 0o600 }))
      .catch(() => {}); // a disk that is full is no reason to end a talk
  if (all.length > 2 * mostLines) await write(kept.map((line) => `${line}\n`).join(''), writeFile);
  let written = Promise.resolve();
  return {
    lines: kept.reverse(),
    add: (line) => {
      written = written.then(() => write(`${line}\n`, appendFile));
    },
    close: () => written,
  };
}

const linesIn = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

/** Where programs keep what they may lose: XDG's place, or that of Windows. */
function historyFile(env: Terminal['env']): string | undefined {
  const { XDG_STATE_HOME, LOCALAPPDATA, HOME } = env;
  const folder = XDG_STATE_HOME || LOCALAPPDATA || (HOME ? join(HOME, '.local', 'state') : undefined);
  return folder === undefined ? undefined : join(folder, 'millrace', 'chat-history');
}
