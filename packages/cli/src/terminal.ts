/** The part of Node's `process` that the program uses; tests pass their own. */
export interface ProcessLike {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): never;
  /** There where another program has started this one and listens. */
  send?(message: unknown): unknown;
  readonly connected?: boolean;
  cwd(): string;
}

/** What a program that starts runs wants to know of them. */
export type Told =
  | { readonly type: 'run-start'; readonly id: string }
  | { readonly type: 'error'; readonly code: string; readonly message: string; readonly hint: string };

/** What commands write to and hear from. */
export interface Terminal {
  readonly env: ProcessLike['env'];
  /** The current folder. */
  readonly cwd: string;
  readonly stdin: ProcessLike['stdin'];
  /** Whether a person can answer. */
  readonly inIsTty: boolean;
  /** Whether what is read would be typed. */
  readonly stdinIsTty: boolean;
  /** For what echoes as a person types. */
  readonly errorStream: ProcessLike['stderr'];
  /** Data: results, events, diagnostics. Resolves when it is on its way. */
  out(text: string): Promise<void>;
  /** Words for the user. */
  err(text: string): void;
  readonly errIsTty: boolean;
  readonly columns: number;
  /** Whether data goes to a person's screen. */
  readonly outIsTty: boolean;
  /** Ctrl-C and SIGTERM come from here. */
  readonly process: Pick<ProcessLike, 'on' | 'off' | 'exit'>;
  /** Tells the program that has started this one, if it listens; nobody else hears of it. */
  tell(message: Told): void;
}

/** Wraps a process. A reader of stdout that has gone away ends the program in silence, as `head` expects. */
export function createTerminal(host: ProcessLike): Terminal {
  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') host.exit(0);
    throw error;
  });
  host.stderr.on('error', () => {}); // nobody reads it: nothing to say, and to nobody
  return {
    env: host.env,
    get cwd() {
      return host.cwd();
    },
    // Asking for it opens it, which the commands that read nothing need not.
    get stdin() {
      return host.stdin;
    },
    get inIsTty() {
      return host.stdin.isTTY === true && host.stderr.isTTY === true;
    },
    get stdinIsTty() {
      return host.stdin.isTTY === true;
    },
    errorStream: host.stderr,
    out: (text) => new Promise((resolve) => void host.stdout.write(text, () => resolve())),
    err: (text) => void host.stderr.write(text),
    errIsTty: host.stderr.isTTY === true,
    columns: host.stderr.columns ?? host.stdout.columns ?? 80,
    outIsTty: host.stdout.isTTY === true,
    process: host,
    tell: (message) => {
      if (host.connected) host.send?.(message);
    },
  };
}
