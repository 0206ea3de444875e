import type { Format, ModelOptions, Ollama, Usage } from '@millrace/core';
import type { StepKindSchema } from '@millrace/schema';
import type { Observable } from 'rxjs';

/** What a step says while it runs: pieces for watchers, then its whole answer. */
export type StepMessage =
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'output'; readonly output: StepOutput };

/** A step's whole answer. */
export interface StepOutput {
  /** Unchanged; the runner trims or parses it. */
  readonly text: string;
  readonly thinking: string;
  /** True where the model stopped because a limit was reached. */
  readonly truncated: boolean;
  readonly usage: Usage;
  /** The talk with its answer, for `steps.NAME.messages`. */
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** What the runner lends a step. Nothing else is reachable from it. */
export interface StepContext {
  readonly ollama: Ollama;
  readonly model: string;
  readonly system: string | undefined;
  readonly options: ModelOptions | undefined;
  /** The JSON Schema of `returns`. */
  readonly format: Format | undefined;
  /** False where nobody watches the pieces, so that they need not be made. */
  readonly deltas: boolean;
}

/** One kind of step: its key in the YAML, the shape of what stands under it, and how it runs. */
export interface StepKind<Body = never> extends StepKindSchema {
  /**
   * Runs with the rendered body. Must be cold, and stop all work when it is unsubscribed: that is the only way a step is
   * cancelled. Queueing, retries and parsing belong to the runner.
   */
  run(body: Body, context: StepContext): Observable<StepMessage>;
}

/** Types a kind by the body it takes. */
export const defineStepKind = <Body>(kind: StepKind<Body>): StepKind<Body> => kind;
