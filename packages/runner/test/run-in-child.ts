import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach } from '@jest/globals';
import type { ErrorDescription } from '@millrace/errors';
import type { RunEvent } from '@millrace/runner';
import { build } from 'esbuild';

/** What a child runs. */
export interface ChildAsk {
  /** The workflow. */
  readonly file: string;
  /** Of the server. */
  readonly host: string;
  readonly journal: string;
  readonly parallel?: number;
  /** Between signs of life; none by default. */
  readonly heardMs?: number;
}

/** What a child says. */
export type ChildLine =
  | RunEvent
  | { readonly type: 'pulse' }
  | { readonly type: 'error'; readonly error: ErrorDescription };

/** A run in a process of its own. */
export interface Child {
  readonly process: ChildProcess;
  /** What it has said so far. */
  readonly lines: readonly ChildLine[];
  /** Resolves when it has said something of the kind, now or later. */
  saw(matches: (line: ChildLine) => boolean): Promise<void>;
  /** Resolves when it has ended. @throws {Error} What it wrote to standard error, where it ended without an event or an error of its own. */
  readonly ended: Promise<readonly ChildLine[]>;
}

const children = new Set<ChildProcess>();

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});

/** Makes the program of the children, in this folder. Returns its path. */
export async function buildChild(folder: string): Promise<string> {
  const outfile = join(folder, 'run.mjs');
  const { resolve } = createRequire(import.meta.url);
  await build({
    entryPoints: [fileURLToPath(new URL('./child/run.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['source'],
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [
      {
        name: 'sqlite',
        // It brings a file of machine code, found beside its own.
        setup: (bundle) =>
          bundle.onResolve({ filter: /^@photostructure\/sqlite$/ }, ({ path }) => ({
            path: pathToFileURL(resolve(path)).href,
            external: true,
          })),
      },
    ],
  });
  return outfile;
}

/** Starts a child. @param before A command with its arguments that the program is given to, such as one that sets limits. */
export function startChild(program: string, ask: ChildAsk, before: readonly string[] = []): Child {
  const [command = '', ...args] = [...before, process.execPath, program, JSON.stringify(ask)];
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  const lines: ChildLine[] = [];
  const looks = new Set<() => void>();
  let rest = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as ChildLine);
    for (const look of looks) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const ended = new Promise<readonly ChildLine[]>((resolve, reject) => {
    child.once('close', (code) => {
      children.delete(child);
      if (code === 0 || lines.at(-1)?.type === 'error' || child.signalCode !== null) resolve(lines);
      else reject(new Error(`ended with ${code}: ${complaint}`));
    });
  });
  ended.catch(() => {}); // who waits hears of it
  return {
    process: child,
    lines,
    ended,
    saw: (matches) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (lines.some(matches)) resolve();
        };
        looks.add(look);
        look();
        child.once('close', () => {
          if (!lines.some(matches)) reject(new Error(`ended before: ${JSON.stringify(lines)} ${complaint}`));
        });
      }),
  };
}

/** The error that a child ended with. */
export function errorOf(lines: readonly ChildLine[]): ErrorDescription | undefined {
  const last = lines.at(-1);
  return last?.type === 'error' ? last.error : undefined;
}
