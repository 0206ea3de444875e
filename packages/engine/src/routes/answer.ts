import type { ServerResponse } from 'node:http';
import type { Token } from 'node-llama-cpp';
import { startGrammar } from '../grammar/start-grammar.ts';
import { sendJson, sendLine } from '../http/answers.ts';
import { generateText, type TextPart, type TextRequest, type TextSummary } from '../inference/generate-text.ts';
import type { OpenLlama } from '../inference/open-llama.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import type { ServedModel } from '../models/model-store.ts';
import type { AnswerRequest } from '../wire/generate-request.ts';
import type { GenerationOptions } from '../wire/read-options.ts';
import { fitPrompt, promptWindow } from './prompt-window.ts';

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

/** Generates an answer and sends it, whole or as a stream. */
export async function sendAnswer(call: AnswerCall, kind: AnswerKind): Promise<void> {
  const { served, request, options, signal } = call;
  const started = process.hrtime.bigint();
  await served.residence.use(request.keepAliveMs, async (loaded) => {
    const loadDuration = since(started);
    const numCtx = promptWindow(options, loaded.model.trainContextSize);
    const prompt = fitPrompt(kind.prompt(loaded, numCtx), request, options, loaded);
    if (request.renderOnly) return sendRendered(call, kind, loaded, prompt);
    served.numCtx = numCtx;
    await loaded.slots.run(signal, async (slot) => {
      const sequence = await slot.clear(numCtx);
      const sink = request.stream ? streamSink(call, kind) : collectSink(call, kind);
      const parts = generateText(sequence, textRequest(call, loaded, prompt, numCtx));
      const summary = await drain(parts, sink.part);
      const context = [...prompt.slice(prompt[0] === loaded.model.tokens.bos ? 1 : 0), ...summary.tokens];
      await sink.end({
        done: true,
        done_reason: summary.doneReason,
        ...(kind.withContext ? { context } : {}),
        total_duration: since(started),
        load_duration: loadDuration,
        ...counters(prompt, summary),
      });
    });
  });
}

/** Loads the model and generates nothing. */
export async function loadOnly(served: ServedModel, request: AnswerRequest, options: GenerationOptions): Promise<void> {
  await served.residence.use(request.keepAliveMs, async ({ model }) => {
    served.numCtx = promptWindow(options, model.trainContextSize);
  });
}

/** Head of every object of an answer. */
export function answerHead(request: AnswerRequest): object {
  return { model: request.model, created_at: new Date().toISOString() };
}

function textRequest(call: AnswerCall, loaded: LoadedModel, prompt: readonly Token[], numCtx: number): TextRequest {
  const { request, options, served, signal } = call;
  return {
    model: loaded.model,
    prompt,
    options,
    numCtx,
    stop: options.stop ?? served.file.source.stop ?? [],
    stopTokens: loaded.stopTokens,
    grammar: startGrammar(call.open, loaded, call.grammar),
    topLogprobs: request.logprobs ? request.topLogprobs : undefined,
    signal,
  };
}

interface Sink {
  part(part: TextPart): Promise<void>;
  end(last: object): Promise<void>;
}

function streamSink({ request, response, signal }: AnswerCall, kind: AnswerKind): Sink {
  return {
    part({ text, logprobs }) {
      const line = {
        ...answerHead(request),
        ...kind.fields(text),
        done: false,
        ...(logprobs.length > 0 ? { logprobs } : {}),
      };
      return sendLine(response, line, signal);
    },
    async end(last) {
      await sendLine(response, { ...answerHead(request), ...kind.fields(''), ...last }, signal);
      response.end();
    },
  };
}

function collectSink({ request, response }: AnswerCall, kind: AnswerKind): Sink {
  const parts: TextPart[] = [];
  return {
    async part(part) {
      parts.push(part);
    },
    async end(last) {
      const text = parts.map((part) => part.text).join('');
      const logprobs = parts.flatMap((part) => part.logprobs);
      const whole = { ...answerHead(request), ...kind.fields(text), ...last };
      sendJson(response, 200, logprobs.length > 0 ? { ...whole, logprobs } : whole);
    },
  };
}

async function drain(
  parts: AsyncGenerator<TextPart, TextSummary>,
  send: (part: TextPart) => Promise<void>,
): Promise<TextSummary> {
  try {
    while (true) {
      const next = await parts.next();
      if (next.done) return next.value;
      await send(next.value);
    }
  } finally {
    await parts.return(undefined as never); // ends the sampling where sending failed; after the end it does nothing
  }
}

function sendRendered(
  { request, response }: AnswerCall,
  kind: AnswerKind,
  loaded: LoadedModel,
  prompt: readonly Token[],
) {
  const own = prompt[0] === loaded.model.tokens.bos ? prompt.slice(1) : prompt;
  const debug = { rendered_template: loaded.model.detokenize(own, true) };
  sendJson(response, 200, { ...answerHead(request), ...kind.fields(''), done: false, _debug_info: debug });
}

function counters(prompt: readonly Token[], summary: TextSummary): object {
  return {
    prompt_eval_count: prompt.length,
    prompt_eval_duration: summary.promptEvalDuration,
    eval_count: summary.evalCount,
    eval_duration: summary.evalDuration,
  };
}

function since(started: bigint): number {
  return Number(process.hrtime.bigint() - started);
}
