import type { Format, ImageSource, KeepAlive, ModelOptions, Ollama, Think, Usage } from '@millrace/core';
import type { StepKindSchema } from '@millrace/schema';
import type { Observable } from 'rxjs';

/** What a step says while it runs: pieces for watchers, then its whole answer, or a value that is no answer of a model. */
export type StepMessage =
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'output'; readonly output: StepOutput }
  | { readonly type: 'value'; readonly value: unknown; readonly usage?: Usage };

/** A turn of a talk, as the wire has it. */
export interface TalkTurn {
  readonly role: string;
  readonly content: string;
}

/** A step's whole answer. */
export interface StepOutput {
  /** Unchanged; the runner trims or parses it. */
  readonly text: string;
  readonly thinking: string;
  /** True where the model stopped because a limit was reached. */
  readonly truncated: boolean;
  /** Why it stopped, as the server says it. */
  readonly doneReason?: string | undefined;
  readonly usage: Usage;
  /** The talk with its answer, for `steps.NAME.messages`; a `rejected` answer is no part of it. */
  readonly messages: readonly TalkTurn[];
}

/** An answer that was refused, and is asked for again. */
export interface RejectedAnswer {
  readonly text: string;
  /** What is wrong with it, one sentence each. */
  readonly problems: readonly string[];
}

/** What the runner lends a step. Nothing else is reachable from it. */
export interface StepContext {
  readonly ollama: Ollama;
  /** Empty for a kind that asks no model. */
  readonly model: string;
  readonly system: string | undefined;
  readonly options: ModelOptions | undefined;
  /** The JSON Schema of `returns`, or Ollama's own `format`. */
  readonly format: Format | undefined;
  readonly think?: Think | undefined;
  readonly keepAlive?: KeepAlive | undefined;
  /** Files that the workflow may read, or base64. */
  readonly images?: readonly ImageSource[] | undefined;
  /** Whether the server may cut a prompt that does not fit, as `on_overflow: truncate` says. */
  readonly truncate?: boolean | undefined;
  /** The talk to go on with, its last answer included. */
  readonly talk?: readonly TalkTurn[] | undefined;
  /** The answer of the attempt before, where it did not fit; never more than one. */
  readonly rejected?: RejectedAnswer | undefined;
  /** False where nobody watches the pieces, so that they need not be made. */
  readonly deltas: boolean;
}

/** One kind of step: its key in the YAML, the shape of what stands under it, and how it runs. */
export interface StepKind<Body = never> extends StepKindSchema {
  /**
   * Runs with the rendered body, and may throw where that is none for it. Must be cold, and stop all work when it is unsubscribed: that is
   * the only way a step is cancelled. Queueing, retries and parsing belong to the runner. A kind with `asksModel: false` waits for no host,
   * and finds none.
   */
  run(body: Body, context: StepContext): Observable<StepMessage>;
}

/** Types a kind by the body it takes. */
export const defineStepKind = <Body>(kind: StepKind<Body>): StepKind<Body> => kind;
