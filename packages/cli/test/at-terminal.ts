import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { main, type ProcessLike } from 'millrace';
import { afterTest, type Finished, root } from './scene.ts';

/** A program at a terminal, as somebody who types sees it. */
export interface AtTerminal {
  type(text: string): void;
  /** Resolves when what was shown since the last match matches; gives what was shown until then. */
  saw(pattern: RegExp): Promise<string>;
  signal(name: 'SIGINT' | 'SIGTERM'): void;
  readonly ended: Promise<Pick<Finished, 'code' | 'stdout'>>;
}

/** Calls the program in this process; all its streams are one terminal that echoes nothing by itself. */
export function inProcess(args: readonly string[], env: Readonly<Record<string, string>> = {}): AtTerminal {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  for (const stream of [stdin, stdout, stderr]) Object.assign(stream, { isTTY: true, columns: 200 });
  const listeners = new Map<string, () => void>();
  const { shown, show, saw, over } = createScreen();
  stdout.setEncoding('utf8').on('data', show);
  stderr.setEncoding('utf8').on('data', show);
  const host = {
    argv: ['node', 'millrace', ...args],
    env,
    stdin,
    stdout,
    stderr,
    cwd: () => process.cwd(),
    on: (name: string, listener: () => void) => listeners.set(name, listener),
    off: () => {},
    exit: (code: number) => {
      throw new Error(`exit ${code}`);
    },
  };
  // The streams of a process have more than the program uses.
  const ended = main(host as unknown as ProcessLike).then((code) => {
    over();
    return { code, stdout: shown() };
  });
  afterTest(async () => {
    stdin.end();
    await ended;
  });
  return { type: (text) => void stdin.write(text), saw, signal: (name) => listeners.get(name)?.(), ended };
}

/** Starts the built program at a real terminal, which `script` of util-linux makes. */
export function atPseudoTerminal(args: readonly string[], env: Readonly<Record<string, string>>): AtTerminal {
  const command = [process.execPath, `${root}packages/cli/bin/millrace.js`, ...args]
    .map((word) => `'${word}'`)
    .join(' ');
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  // In place of the shell: Ctrl-C reaches all of the terminal, and a shell that heard it (dash) says 130 whatever its child says.
  const child = spawn('script', ['-qefc', `exec ${command}`, '/dev/null'], {
    env: { ...inherited, TERM: 'xterm', ...env },
  });
  const { shown, show, saw, over } = createScreen();
  child.stdout.setEncoding('utf8').on('data', show);
  const ended = new Promise<Pick<Finished, 'code' | 'stdout'>>((resolve) => {
    child.once('close', (code) => {
      over();
      resolve({ code, stdout: shown() });
    });
  });
  afterTest(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { type: (text) => void child.stdin.write(text), saw, signal: (name) => void child.kill(name), ended };
}

/** Milliseconds after which what should be shown is missing. */
const patienceMs = 15_000;

function createScreen() {
  let text = '';
  let seen = 0;
  let isOver = false;
  const waiting = new Set<() => void>();
  const timers: NodeJS.Timeout[] = [];
  afterTest(() => timers.forEach(clearTimeout));
  const look = (): void => {
    for (const one of waiting) one();
  };
  const saw = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const match = pattern.exec(text.slice(seen));
        if (!match && !isOver) return;
        waiting.delete(check);
        if (!match) {
          reject(new Error(`ended without ${pattern}: ${JSON.stringify(text.slice(seen))}`));
          return;
        }
        const end = seen + match.index + match[0].length;
        resolve(text.slice(seen, end));
        seen = end;
      };
      waiting.add(check);
      check();
      timers.push(
        setTimeout(() => {
          if (waiting.delete(check)) reject(new Error(`no ${pattern} in ${JSON.stringify(text.slice(seen))}`));
        }, patienceMs),
      );
    });
  return {
    saw,
    shown: () => text,
    show: (more: string) => {
      text += more;
      look();
    },
    over: () => {
      isOver = true;
      look();
    },
  };
}
