/** What a process is started for. */
export type RunCommand =
  | {
      readonly kind: 'run';
      /** Of the workflow, absolute. */
      readonly file: string;
      /** The time at which its schedule wanted it, in milliseconds since 1970: the run of that time goes on, or begins. */
      readonly due?: number;
      readonly inputs?: Readonly<Record<string, string | number | boolean>>;
      /** Default: `continue`. */
      readonly mode?: 'continue' | 'new';
    }
  /** Goes on with a run, or tries its failed rows again: those of a cause, or all. */
  | { readonly kind: 'resume'; readonly id: string }
  | { readonly kind: 'retry'; readonly id: string; readonly cause?: string };

/** How a process ended. */
export interface RunExit {
  /** Null where a signal ended it. */
  readonly code: number | null;
  /** What it said before a run began, or why it could not go on. */
  readonly error?: { readonly code?: string; readonly message: string; readonly hint?: string };
}

/** A run in a process of its own. */
export interface RunProcess {
  readonly pid: number | undefined;
  /** The id of its run; undefined where the process ended before one began. */
  readonly begun: Promise<string | undefined>;
  readonly ended: Promise<RunExit>;
  /** Drops the calls in flight and keeps what is done, as Ctrl-C does. */
  interrupt(): void;
  /** Ends it at once; what is durable stays. */
  kill(): void;
}

/** Starts a process for a run, which keeps what it does in the journal of the server. It outlives the server. */
export type StartRun = (command: RunCommand) => RunProcess;
