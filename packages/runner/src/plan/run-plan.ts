import type { ErrorDescription } from '@millrace/errors';
import type { RunStart } from '../events.ts';

/** From at least to at most; `most` is null where nothing limits it before the run. */
export interface Interval {
  readonly least: number;
  readonly most: number | null;
}

/** What a run would do, found out without it. Times are in milliseconds, sizes in bytes. */
export interface RunPlan {
  readonly workflow: string;
  /** As it was named. */
  readonly file: string;
  /** The run that would go on or begin. */
  readonly run: PlannedRun;
  readonly rows: PlannedRows;
  /** The steps that ask a model, in an order in which each stands behind what it waits for. */
  readonly steps: readonly PlannedCalls[];
  /** All calls together, without those that are made again since their answer was refused. */
  readonly calls: Interval;
  readonly models: readonly PlannedModel[];
  readonly hosts: readonly PlannedHost[];
  readonly loads: PlannedLoads;
  readonly time: ExpectedTime;
  /** What the first row would be asked. */
  readonly prompts: readonly ShownPrompt[];
  readonly warnings: readonly PlanWarning[];
}

/** What the journal has of the run. */
export interface PlannedRun {
  /** Absent where it would be begun. */
  readonly id?: string;
  readonly found: Exclude<RunStart['found'], 'retried'>;
  /** All is there already, files included: the same command would have nothing to do. */
  readonly isFinished: boolean;
  /** A process works on it now: the figures are of what it has left, and the same command is refused until it ends. */
  readonly isInWork: boolean;
}

/** The rows, as the flags and `where` select them. */
export interface PlannedRows {
  /** `single`: the workflow has no `each`; `stdin`: they are not read before the run, and all figures are 0. */
  readonly from: 'rows' | 'stdin' | 'single';
  /** Rows that were read. */
  readonly read: number;
  /** By `where`. */
  readonly leftOut: number;
  /** They cannot be read, or their key or `where` cannot be evaluated. */
  readonly broken: number;
  /** Their key is that of an earlier row. */
  readonly duplicates: number;
  /** Final in the journal, and not asked again; failed ones that are not tried again among them. */
  readonly done: number;
  /** Known to the journal, but changed or not final: what their questions have in common with those of then is not asked again. */
  readonly begun: number;
  /** Those that go through the steps: new ones and `begun` ones. */
  readonly asked: number;
}

/** Calls of one step. */
export interface PlannedCalls {
  readonly step: string;
  readonly kind: string;
  readonly calls: Interval;
  /** By model, where rows choose it; models that only answers choose are not there. */
  readonly models: Readonly<Record<string, Interval>>;
  /** Why `calls` is no single number: `when`, `for`, `repeat`, a step it reads, `fold`, rows that were begun before. */
  readonly because: readonly string[];
  /** Equal calls that are made once, left out of `calls`. */
  readonly shared: number;
  /** Tokens of its prompts; absent where none could be looked at. */
  readonly tokens?: PromptTokens;
}

/** How long the prompts of a step are, by the runner's estimate, which is rather too high than too low. */
export interface PromptTokens {
  readonly longest: number;
  /** Where the longest one is, such as `line 17`. */
  readonly longestAt: string;
  readonly median: number;
  /** Prompts the median is of: all, or so many of them chosen by chance. */
  readonly medianOf: number;
  /** What other steps will have answered is in it with the room of an answer. */
  readonly isEstimated: boolean;
  /** Tokens that are left for an answer. */
  readonly answer: number;
  /** Rows whose prompt and answer do not fit the window: they wait, and are asked last in a larger one. */
  readonly waiting: number;
  /** Rows whose prompt is longer than any window. */
  readonly tooLong: number;
}

/** A model of the run. */
export interface PlannedModel {
  readonly name: string;
  /** Base URLs of the hosts that have it. */
  readonly hosts: readonly string[];
  /** No host that answers has it, and none can be asked for it elsewhere. */
  readonly isMissing: boolean;
  /** On disk. */
  readonly bytes?: number;
  readonly parameters?: number;
  /** Such as `Q4_K_M`. */
  readonly quantization?: string;
  /** Tokens it was trained for. */
  readonly contextLength?: number;
  /** Tokens of the window that the run asks for; absent where the server's own is left as it is. */
  readonly window?: number;
  /** Where it is in memory now. */
  readonly resident: readonly ResidentNow[];
}

/** A model in the memory of a host. */
export interface ResidentNow {
  readonly host: string;
  readonly bytes: number;
  /** Of these, on the GPU. */
  readonly gpuBytes: number;
  readonly window?: number;
  /** As the run wants it, so that it is not loaded again. */
  readonly fits: boolean;
}

/** A host that the run may use. */
export interface PlannedHost {
  readonly host: string;
  readonly answers: boolean;
  /** It answers and has the models; or no host has them all, and it answers. */
  readonly isUsed: boolean;
  readonly missing: readonly string[];
  /** All that is in its memory now, whoever uses it. */
  readonly memory: readonly { readonly model: string; readonly bytes: number; readonly gpuBytes: number }[];
  readonly problem?: string;
}

/** Loads of models that a host makes. */
export interface PlannedLoads {
  /** Of each host: `least` where it can hold all models at the same time, `most` where it holds one. */
  readonly each: Interval;
  /** One after the other, in this order; the last ones may be those of reduces. */
  readonly stages: readonly PlannedStage[];
  /** What one row after the other would take, about, on a host that holds one model. */
  readonly rowByRow: number;
}

/** Part of a run in which one model is asked; several where all of them are in memory as the run wants them. */
export interface PlannedStage {
  readonly models: readonly string[];
  readonly window?: number;
  /** Rows that are asked in it, at most. */
  readonly rows: number;
}

/** How long the run takes. */
export type ExpectedTime =
  | { readonly isKnown: false; readonly reason: string }
  | {
      readonly isKnown: true;
      readonly least: number;
      readonly most: number;
      /** Of the rows that were probed. */
      readonly probe: ProbedTime;
      /** Work that is not in it: the reduces. */
      readonly without: readonly string[];
    };

/** What a probe of a few rows told. */
export interface ProbedTime {
  readonly rows: number;
  readonly failed: number;
  /** What a host worked for a row, on average, and its standard deviation. */
  readonly rowMs: number;
  readonly spreadMs: number;
  /** Calls that were worked on at once: on average, and at most. */
  readonly parallel: { readonly mean: number; readonly most: number };
  /** How long loads took, by model; those that were in memory are not there. */
  readonly loadMs: Readonly<Record<string, number>>;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly tookMs: number;
}

/** What a step would ask of the first row. */
export interface ShownPrompt {
  readonly step: string;
  readonly kind: string;
  readonly model: string;
  /** `no`: its `when` is false for this row. */
  readonly runs: 'yes' | 'no' | 'maybe';
  readonly system?: string;
  /** Of a talk; a prompt is one message of the user. Answers of other steps stand as `‹answer of STEP›`. */
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  /** Tokens, about; without the answers that are not there yet. */
  readonly tokens: number;
  /** Why it cannot be shown. */
  readonly error?: ErrorDescription;
}

/** Something to look at before the run. */
export interface PlanWarning {
  readonly code:
    | 'HOST_SILENT'
    | 'HOST_MISSING'
    | 'MODEL_MISSING'
    | 'MODELS_APART'
    | 'MODEL_PARTLY_ON_CPU'
    | 'LOADS_DIFFER'
    | 'PROMPT_TOO_LONG'
    | 'PROMPT_FAILS'
    | 'TEXT_MISSING'
    | 'KEY_DUPLICATE'
    | 'ROWS_BROKEN'
    | 'PROBE_FAILED';
  readonly message: string;
  readonly hint?: string;
  /** Rows it is about. */
  readonly rows?: number;
  /** The run, or a row of it, will fail for it. */
  readonly willFail: boolean;
}
