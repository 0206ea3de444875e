import type { Diagnostic, InputDeclaration } from '@millrace/schema';

/** A workflow file below the folders that are served. */
export interface ServedWorkflow {
  /** What it is called outside: its path below its folder with `/`, such as `nightly/reviews.yaml`; the same for each start of the server. */
  readonly id: string;
  /** Absolute. */
  readonly file: string;
  /** Its `name`, else the name of the file. */
  readonly name: string;
  readonly description?: string;
  readonly inputs: Readonly<Record<string, InputDeclaration>>;
  /** With errors among them it cannot be run. */
  readonly problems: readonly Diagnostic[];
  /** Absent where it has none. */
  readonly schedule?: ServedSchedule;
}

/** The schedule of a workflow, as it stands. Times are milliseconds since 1970. */
export interface ServedSchedule {
  /** When it runs, in a line, such as `0 2 * * * Europe/Berlin`. */
  readonly when: string;
  /** When it is due next; absent where it has ended, is paused, or waits for files. */
  readonly next?: number;
  readonly paused?: { readonly by: 'user' | 'failures'; readonly at: number };
  readonly running: number;
  /** Due times that wait for a run before them. */
  readonly waiting: number;
  /** The last due time that was seen to. */
  readonly last?: DueTime;
  /** Failed runs in a row, up to the last. */
  readonly failures: number;
}

/** What became of a due time. */
export interface DueTime {
  readonly due: number;
  readonly cause: 'schedule' | 'missed' | 'trigger' | 'backfill' | 'watch';
  readonly state: DueState;
  /** Why it was skipped, or failed: a sentence. */
  readonly reason?: string;
  /** The id of its run, once that has begun. */
  readonly run?: string;
  readonly endedAt?: number;
}

/** `stopped`: by somebody, or replaced by the next one. */
export type DueState = 'waiting' | 'running' | 'ok' | 'failed' | 'stopped' | 'skipped';

/** What a run is started with by hand. */
export interface StartRequest {
  /** By name; texts are read as the declared types. */
  readonly inputs?: Readonly<Record<string, string | number | boolean>>;
  /** `new`: begins afresh. Default: goes on with the last run, as `millrace run` does. */
  readonly mode?: 'continue' | 'new';
}

/** What serves workflows: it starts what is due, and what it is asked for. Each run is a process of its own. */
export interface Daemon {
  readonly state: () => 'serving' | 'stopping';
  /** Sorted by id. */
  workflows(): readonly ServedWorkflow[];
  /** @throws {MillraceError} `WORKFLOW_NOT_FOUND`. */
  workflow(id: string): ServedWorkflow;
  /** The newest first. */
  dues(id: string, limit: number): readonly DueTime[];
  /**
   * Starts a run. Resolves with its id when it has begun.
   *
   * @throws {MillraceError} `WORKFLOW_NOT_FOUND`, `WORKFLOW_INVALID`, `INPUT_INVALID`, `RUN_BUSY`, and what else keeps a run from beginning.
   */
  start(id: string, request: StartRequest): Promise<string>;
  /** Goes on with a run that was interrupted or stopped. @throws {MillraceError} `RUN_NOT_FOUND`, `RUN_BUSY`, `USAGE_INVALID`. */
  resume(run: string): Promise<string>;
  /** Tries the failed rows of a run again: those of a cause, or all. @throws {MillraceError} as `resume`. */
  retry(run: string, cause?: string): Promise<string>;
  /** Interrupts a run that this server started; resolves when it has ended. @throws {MillraceError} `RUN_NOT_FOUND`, `USAGE_INVALID` where it is not in work, or is another's. */
  cancel(run: string): Promise<void>;
  /** Starts what a schedule would, now; gives the due time. @throws {MillraceError} `WORKFLOW_NOT_FOUND`, `USAGE_INVALID` where it has no schedule. */
  trigger(id: string): number;
  pause(id: string): void;
  unpause(id: string): void;
  /** Runs each due time of the past that has no run, `from` inclusive, `to` exclusive; gives those. @throws {MillraceError} also `USAGE_INVALID` for more than 10,000. */
  backfill(id: string, from: number, to: number): readonly number[];
  /** Stops starting; interrupts what runs, and resolves when all of it has ended. A second call ends it at once. */
  stop(): Promise<void>;
}
