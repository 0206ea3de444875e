import { PassThrough } from 'node:stream';
import { main, type ProcessLike } from 'millrace';

/** How the program is called in this process, without one of its own. */
export interface Called {
  readonly stdin?: string;
  /** Columns of the terminal that all streams are; absent: they are none. */
  readonly terminal?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** What it said. */
export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls the program with streams of the test's own. */
export async function call(args: readonly string[], { stdin = '', terminal, env = {} }: Called = {}): Promise<Said> {
  const [input, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  if (terminal !== undefined)
    for (const stream of [input, stdout, stderr]) Object.assign(stream, { isTTY: true, columns: terminal });
  input.end(stdin);
  const texts = [stdout, stderr].map(collect);
  const host = {
    argv: ['node', 'millrace', ...args],
    env,
    stdin: input,
    stdout,
    stderr,
    cwd: () => process.cwd(),
    on: () => {},
    off: () => {},
    exit: (code: number) => {
      throw new Error(`exit ${code}`);
    },
  };
  // The streams of a process have more than the program uses.
  const code = await main(host as unknown as ProcessLike);
  return { code, stdout: texts[0]?.() ?? '', stderr: texts[1]?.() ?? '' };
}

/** Reads a stream from now on, so that a large text does not wait for its reader. */
function collect(stream: PassThrough): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
