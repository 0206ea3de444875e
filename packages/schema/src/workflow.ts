import type { RetryCause } from '@millrace/errors';
import type { Template } from './expressions/template.ts';
import type { ValueType } from './expressions/value-type.ts';
import type { JsonSchema } from './json-schema.ts';

/** A value that is given when a workflow is run. */
export interface InputDeclaration {
  readonly type: 'string' | 'number' | 'boolean';
  /** Absent: a value must be given. */
  readonly default?: string | number | boolean;
  readonly description?: string;
}

/** Types of cells: what `each.columns` may say. */
export type ColumnType = InputDeclaration['type'];

/** How rows are written down: `files` is a row a file, of a folder or a pattern. */
export type RowFormat = 'csv' | 'tsv' | 'jsonl' | 'json' | 'txt' | 'parquet' | 'files';

/** Where the rows come from. */
export interface Each {
  /** As written in the file: relative to it; `-` is standard input. */
  readonly from: string;
  /** Wins over the ending of `from`. Absent: as the ending says; from standard input `jsonl`. */
  readonly format?: RowFormat;
  /** The name that WHATWG's standard has for it, which `TextDecoder` takes: `latin1` is `windows-1252`. Absent: `utf-8`. */
  readonly encoding?: string;
  readonly key?: Template;
  readonly where?: Template;
  /** Types that the file declares; more columns may be there. */
  readonly columns: Readonly<Record<string, ColumnType>>;
}

/** Where the rows come from, as far as reading them goes. */
export type RowSource = Pick<Each, 'from' | 'format' | 'encoding' | 'columns'>;

/** What happens to a row whose step failed for good. */
export type OnError =
  | 'fail'
  /** The value is null and readers are skipped; the row counts as degraded. */
  | 'skip'
  /** The whole run stops. */
  | 'abort'
  | { readonly use: Template }
  /** This step runs, and its value stands in; it runs for no other reason. */
  | { readonly run: string };

/** A reduce: the step runs after all rows, once for each group. */
export interface Over {
  /** The row step whose ok values are its `items`. */
  readonly step: string;
  /** Read with the names of the row; absent: all are one group. */
  readonly groupBy?: Template;
  /** Items of one call; `auto`: as many as fit the context. The results are folded again until one is left. Absent: all in one call. */
  readonly fold?: number | 'auto';
}

/** One step, checked and compiled. */
export interface PlannedStep {
  readonly id: string;
  readonly kind: string;
  /** What its readers see; `dyn` where that is only known when it runs. */
  readonly type: ValueType;
  /** What stands under the kind's key. */
  readonly body: Template;
  readonly when?: Template;
  /** Absent only where a model is given when it is run. */
  readonly model?: Template;
  readonly system?: Template;
  readonly options?: Template;
  /** The JSON Schema that the answer must fit; absent: the answer is text. */
  readonly returns?: JsonSchema;
  /** A list: the step runs for each `item` at its `index`, and its value is the list of theirs. */
  readonly for?: Template;
  readonly over?: Over;
  /** The step runs again, seeing `previous`, until this is true, `max` times at most. */
  readonly repeat?: { readonly until: Template; readonly max: number };
  /** How often each cause is tried again, where the file says it. */
  readonly retry: Readonly<Partial<Record<RetryCause, number>>>;
  /** An answer for which this is false is invalid. */
  readonly ensure?: Template;
  readonly onError: OnError;
  /** A chat whose talk this one goes on with. */
  readonly continue?: string;
  readonly think?: Template;
  /** Ollama's own `format`; never beside `returns`. */
  readonly format?: Template;
  readonly images?: Template;
  readonly keepAlive?: Template;
  /** Tokens of the window; `auto`: the smallest that fits the run. */
  readonly context: number | 'auto';
  readonly onOverflow: 'fail' | 'truncate' | 'split';
  /** Whether an answer may be used again: never, inside the run, or by every run. */
  readonly cache: 'off' | 'run' | 'shared';
  /** Milliseconds; absent: as `limits` says. */
  readonly idleMs?: number;
  readonly totalMs?: number;
  readonly expect?: Template;
  /** Where `expect` is a map: the fields of the value that it compares. */
  readonly expectsFields?: readonly string[];
  /** Steps that must have ended before this one can begin. */
  readonly waitsFor: readonly string[];
  /** Of those, the ones without which this one is skipped. */
  readonly needs: readonly string[];
}

/** A workflow without problems, ready to run. */
export interface Workflow {
  readonly name: string;
  readonly description?: string;
  /** The path of the file, as the caller named it. */
  readonly file: string;
  /** The model of the steps that name none. */
  readonly model?: string;
  readonly inputs: Readonly<Record<string, InputDeclaration>>;
  readonly each?: Each;
  /** In an order in which each step stands behind what it waits for. */
  readonly steps: readonly PlannedStep[];
  readonly save: {
    /** As written in the file: relative to it, or `-`; with `${key}` in its name a file for each row, whose path `rowFile` makes. */
    readonly to?: string;
    /** Absent: the columns of the row and every step. */
    readonly fields?: ReadonlyMap<string, Template>;
    /**
     * What a file for each row holds: one of the `fields`, or without these a step. Text as it is, anything else as indented JSON with a
     * line end. Absent without `each`, and where several could be meant, which is an error where `to` is such a file.
     */
    readonly content?: string;
    /** Where the groups of each reduce go, by step. */
    readonly over: Readonly<Record<string, string>>;
    /** Where the failed rows go. */
    readonly errors?: string;
    readonly order: 'input' | 'completion';
  };
  readonly limits: Limits;
  readonly schedule?: Schedule;
  /** Names of environment variables. */
  readonly secrets: readonly string[];
  readonly hosts: readonly string[];
  /** What stands in the file, as plain data: whether a workflow has changed is told by it. */
  readonly written: Readonly<Record<string, unknown>>;
}

/** How much a run may do. Times are in milliseconds. */
export interface Limits {
  /** Calls in flight on each host. */
  readonly parallel: number | 'auto';
  /** So many calls in each period. */
  readonly rate?: { readonly calls: number; readonly perMs: number };
  /** The run stops at so many failed rows, or at this share (0 to 1) of at least 100 finished ones. */
  readonly errors?: { readonly rows: number } | { readonly share: number };
  readonly idleMs?: number;
  readonly totalMs?: number;
}

/** When a workflow runs by itself. Times are in milliseconds. */
export interface Schedule {
  readonly when: { readonly cron: string } | { readonly everyMs: number } | { readonly watch: Watch };
  /** An IANA time zone; absent: that of the machine. */
  readonly zone?: string;
  readonly overlap: 'skip' | 'queue' | 'replace' | 'allow';
  readonly missed: { readonly run: 'none' | 'once' | 'all'; readonly withinMs?: number };
  readonly jitterMs: number;
  /** ISO 8601. */
  readonly start?: string;
  readonly end?: string;
  readonly pauseOnFailure?: number;
  readonly keep?: { readonly ok?: number; readonly failed?: number };
}

/** Files whose changes start a run: new ones, and those with new content. */
export interface Watch {
  /** Files, folders and patterns such as `inbox/*.csv`, relative to the workflow; at least one. */
  readonly paths: readonly string[];
  /** A run starts when nothing has changed for so long. */
  readonly settleMs: number;
}

/** The columns of a file of rows, with their types. */
export type Columns = Readonly<Record<string, ValueType>>;
