import type { LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import type { GenerationOptions } from '../wire/read-options.ts';
import { type AnswerGrammar, samplingOptions } from './sampling.ts';
import { createStopFilter } from './stop-filter.ts';
import { createTokenDecoder } from './text-decoder.ts';
import { type AnswerLogprob, answerLogprob } from './token-logprob.ts';

/** What is to be generated. */
export interface TextRequest {
  readonly model: LlamaModel;
  readonly prompt: readonly Token[];
  readonly options: GenerationOptions;
  readonly numCtx: number;
  readonly stop: readonly string[];
  /** Tokens that end an answer beside the model's own ones. */
  readonly stopTokens: ReadonlySet<Token>;
  readonly grammar: AnswerGrammar | undefined;
  /** How many of the best candidates are told for each token; undefined: no probabilities at all. */
  readonly topLogprobs: number | undefined;
  readonly signal: AbortSignal;
}

/** A part of the answer; together they are the answer. */
export interface TextPart {
  readonly text: string;
  readonly logprobs: readonly AnswerLogprob[];
}

/** How it ended and what it took. Durations in nanoseconds. */
export interface TextSummary {
  readonly doneReason: 'stop' | 'length';
  /** The tokens of the answer, without the one that ended it. */
  readonly tokens: readonly Token[];
  readonly promptEvalDuration: number;
  readonly evalCount: number;
  readonly evalDuration: number;
}

/** Tokens evaluated in one go: between two goes a prompt can be cancelled. */
const promptChunk = 512;

/** Generates in an empty sequence. Aborting ends it with the signal's reason after the token at hand. */
export async function* generateText(
  sequence: LlamaContextSequence,
  request: TextRequest,
): AsyncGenerator<TextPart, TextSummary> {
  const { model, prompt, options, signal } = request;
  const limit = Math.min(answerLimit(options.numPredict, request.numCtx), request.numCtx - prompt.length);
  const decoder = createTokenDecoder(model, prompt);
  const filter = createStopFilter(request.stop);
  const seen = [...prompt];
  let logprobs: AnswerLogprob[] = [];
  let evalCount = 0;
  let doneReason: TextSummary['doneReason'] = 'length';
  const started = process.hrtime.bigint();
  let evaluated = started;

  for await (const { token, probabilities } of tokens(sequence, request, seen)) {
    signal.throwIfAborted();
    if (evalCount === 0) evaluated = process.hrtime.bigint();
    evalCount += 1;
    if (model.isEogToken(token) || request.stopTokens.has(token)) {
      doneReason = 'stop';
      break;
    }
    seen.push(token);
    if (probabilities !== undefined)
      logprobs.push(answerLogprob(model, token, probabilities, request.topLogprobs ?? 0));
    const { text, stopped } = filter.push(decoder.push(token));
    if (text !== '') {
      yield { text, logprobs };
      logprobs = [];
    }
    if (stopped) {
      doneReason = 'stop';
      logprobs = [];
      decoder.flush();
      break;
    }
    if (evalCount >= limit) break;
  }
  const rest = filter.push(decoder.flush());
  const last = rest.text + filter.flush();
  if (last !== '' || logprobs.length > 0) yield { text: last, logprobs };
  return {
    doneReason,
    tokens: seen.slice(prompt.length),
    promptEvalDuration: Number(evaluated - started),
    evalCount,
    evalDuration: Number(process.hrtime.bigint() - evaluated),
  };
}

/** Below 0 and above ten windows count as ten windows; 0 is no limit either, as in Ollama. */
function answerLimit(numPredict: number, numCtx: number): number {
  return numPredict <= 0 ? 10 * numCtx : Math.min(numPredict, 10 * numCtx);
}

interface Sampled {
  readonly token: Token;
  readonly probabilities?: ReadonlyMap<Token, number>;
}

async function* tokens(
  sequence: LlamaContextSequence,
  request: TextRequest,
  seen: readonly Token[],
): AsyncGenerator<Sampled, void> {
  const { prompt, signal } = request;
  const lastChunk = Math.floor((prompt.length - 1) / promptChunk) * promptChunk;
  for (let at = 0; at < lastChunk; at += promptChunk) {
    await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(at, at + promptChunk));
    signal.throwIfAborted();
  }
  const sampling = samplingOptions(request.options, seen, request.numCtx, request.grammar);
  const metadata = { probabilities: request.topLogprobs !== undefined };
  yield* sequence.evaluateWithMetadata(prompt.slice(lastChunk), metadata, sampling);
}
