import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MillraceError } from '@millrace/errors';
import { bundledModelFiles } from './bundled-model-files.ts';
import type { ChildMessage, ChildOptions } from './child-message.ts';

/** How an engine is started; everything has a default. */
export interface StartEngineOptions extends ChildOptions {
  /** Aborting ends the engine, whether it is up or still starting. */
  readonly signal?: AbortSignal;
  /** Told when the engine ends by itself after it was up: not after `close()` or an abort. */
  readonly onExit?: (error: MillraceError) => void;
}

/** An engine in a process of its own. It ends with this process, whichever way this one ends. */
export interface Engine {
  readonly baseUrl: string;
  /** Names of the models it serves. */
  readonly models: readonly string[];
  readonly pid: number;
  /** Ends the process and waits until it is gone. */
  close(): Promise<void>;
}

/**
 * Starts an engine in a child process, on a free port of 127.0.0.1. It does not keep this process alive.
 *
 * @throws {MillraceError} `ENGINE_FAILED`, with the reason as cause.
 */
export async function startEngine(options: StartEngineOptions = {}): Promise<Engine> {
  const { signal, onExit, ...childOptions } = options;
  signal?.throwIfAborted();
  const child = fork(childEntry(), [JSON.stringify(childOptions)], {
    execArgv: [], // conditions and loaders of this process are not the child's
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const lastWords = keepTail(child);
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, by) =>
      resolve(by === null ? `It ended with exit code ${code}.` : `It was ended by ${by}.`),
    );
  });
  const kill = () => child.kill('SIGKILL'); // the engine keeps nothing that would have to be saved
  signal?.addEventListener('abort', kill, { once: true });
  let wanted = true;
  const close = async () => {
    wanted = false;
    child.ref(); // waiting for its end is work: this process must not end before it
    kill();
    await gone;
  };
  try {
    const baseUrl = await ready(child, gone, lastWords);
    signal?.throwIfAborted();
    void gone.then((how) => {
      signal?.removeEventListener('abort', kill);
      if (wanted && !signal?.aborted) onExit?.(died('The engine has ended.', how, lastWords()));
    });
    release(child);
    const models = (options.models ?? bundledModelFiles()).map((model) => model.name);
    return { baseUrl, models, pid: child.pid ?? 0, close };
  } catch (error) {
    await close();
    signal?.throwIfAborted();
    throw error;
  }
}

/** A child runs without a compiler: sources that have not been built have none. */
function childEntry(): string {
  const fromSource = import.meta.url.endsWith('.ts');
  const entry = fileURLToPath(new URL(fromSource ? '../dist/child.js' : './child.js', import.meta.url));
  if (existsSync(entry)) return entry;
  throw new MillraceError('ENGINE_FAILED', `The engine has not been built: there is no ${entry}.`, {
    hint: 'Run `pnpm build` first.',
  });
}

async function ready(child: ChildProcess, gone: Promise<string>, lastWords: () => string): Promise<string> {
  const told = new Promise<ChildMessage>((resolve) =>
    child.once('message', (message) => resolve(message as ChildMessage)),
  );
  const first = await Promise.race([told, gone]);
  if (typeof first === 'string') throw died('The engine ended before it was up.', first, lastWords());
  if (first.type === 'ready') return first.baseUrl;
  const { message, hint, cause } = first;
  throw new MillraceError('ENGINE_FAILED', message, {
    hint,
    ...(cause === undefined ? {} : { cause: new Error(cause) }),
  });
}

function died(message: string, how: string, lastWords: string): MillraceError {
  return new MillraceError('ENGINE_FAILED', message, { cause: new Error([how, lastWords].filter(Boolean).join(' ')) });
}

const tailLength = 2000;

/** Reads what the child writes to stderr, so that it never waits for a reader, and keeps the end of it. */
function keepTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-tailLength);
  });
  return () => tail.trim();
}

/** Lets this process end while the engine is up: the engine follows it. */
function release(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  if (child.stderr !== null && 'unref' in child.stderr && typeof child.stderr.unref === 'function')
    child.stderr.unref();
}
