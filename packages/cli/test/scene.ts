import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, jest } from '@jest/globals';
import { withoutRights } from '@millrace/testing';

// Each test starts processes, on a machine that may be busy.
jest.setTimeout(60_000);

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** To be undone after the test. */
export const afterTest = (cleanUp: () => unknown): void => void cleanUps.push(cleanUp);

/** The root of the repository. */
export const root: string = fileURLToPath(new URL('../../../', import.meta.url));

/** A folder with these files, gone after the test. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-cli-'));
  afterTest(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

/** What a finished process left. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A running `millrace`, as a user starts it. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Finished>;
  /** Resolves when the output so far (both streams) matches. */
  saw(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Where and with what it runs. */
export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads; nothing where it is absent. */
  readonly stdin?: string;
  /** Leaves stdin open, with nothing in it; `child.stdin` ends it. */
  readonly holdStdin?: boolean;
  /** In place of the built program. */
  readonly script?: string;
}

/** Starts the built program in a process of its own; it is ended after the test, whatever happens. */
export function start(
  args: readonly string[],
  { cwd = root, env = {}, stdin, holdStdin, script = join(root, 'packages/cli/bin/millrace.js') }: Surroundings = {},
): Running {
  const { OLLAMA_HOST: _, NODE_OPTIONS: __, ...inherited } = process.env;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    env: { ...inherited, ...env },
    stdio: [stdin === undefined && !holdStdin ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.on('error', () => {}); // it need not read to the end
  if (!holdStdin) child.stdin?.end(stdin);
  const texts = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise<Finished>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, ...texts, ms: performance.now() - startedAt }));
  });
  afterTest(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const saw = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(texts.stdout + texts.stderr);
        if (!match) return;
        waiting.delete(look);
        resolve(match);
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`ended without ${pattern}: ${texts.stdout}${texts.stderr}`)));
    });
  return { child, ended, saw };
}

/** Runs it to its end. */
export const millrace = (args: readonly string[], surroundings?: Surroundings): Promise<Finished> =>
  start(args, surroundings).ended;

/** Ids of the running processes whose command line matches; Linux tells them under /proc. */
export async function processesLike(pattern: RegExp): Promise<number[]> {
  const { readdir, readFile } = await import('node:fs/promises');
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const lines = await Promise.all(
    ids.map(async (id) => [id, await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')] as const),
  );
  return lines.filter(([, line]) => pattern.test(line.replaceAll('\0', ' '))).map(([id]) => id);
}

/** The child processes of a process. */
export async function childrenOf(pid: number): Promise<number[]> {
  const { readdir, readFile } = await import('node:fs/promises');
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(
    ids.map(
      async (id) =>
        [id, Number(/\) \S (\d+)/.exec(await readFile(`/proc/${id}/stat`, 'utf8').catch(() => ''))?.[1])] as const,
    ),
  );
  return parents.filter(([, parent]) => parent === pid).map(([id]) => id);
}

/** Waits until a process is gone. */
export async function gone(pid: number, withinMs = 5000): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (performance.now() < until) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Runs an action as somebody who may read a folder, and not write to it. */
export async function withoutWriting<Value>(folder: string, action: () => Promise<Value>): Promise<Value> {
  // Rights are taken from another place, so that those of the folder stay readable.
  const lock = await folderWith({ lock: '' });
  await chmod(folder, 0o555);
  try {
    return await withoutRights(join(lock, 'lock'), action);
  } finally {
    await chmod(folder, 0o755);
  }
}
