import type { ServerResponse } from 'node:http';
import type { Token } from 'node-llama-cpp';
import type { OpenLlama } from '../inference/open-llama.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import type { ServedModel } from '../models/model-store.ts';
import type { AnswerRequest } from '../wire/generate-request.ts';
import type { GenerationOptions } from '../wire/read-options.ts';

/** What generate and chat do differently. */
export interface AnswerKind {
  /** The prompt, which may still be too long. */
  prompt(loaded: LoadedModel, numCtx: number): Token[];
  /** The fields that carry text. */
  fields(text: string): object;
  /** Whether the final object lists the tokens of prompt and answer. */
  readonly withContext: boolean;
}

/** A request whose fields have been checked, and where its answer goes. */
export interface AnswerCall {
  readonly open: OpenLlama;
  readonly served: ServedModel;
  readonly request: AnswerRequest;
  readonly options: GenerationOptions;
  /** GBNF; undefined where any text will do. */
  readonly grammar: string | undefined;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

/** Head of every object of an answer. */
export function answerHead(request: AnswerRequest): object {
  return { model: request.model, created_at: new Date().toISOString() };
}
