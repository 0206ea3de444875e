import type { Token } from 'node-llama-cpp';
import { startGrammar } from '../grammar/start-grammar.ts';
import { sendJson } from '../http/answers.ts';
import { generateText, type TextPart, type TextRequest, type TextSummary } from '../inference/generate-text.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import type { ServedModel } from '../models/model-store.ts';
import type { AnswerRequest } from '../wire/generate-request.ts';
import type { GenerationOptions } from '../wire/read-options.ts';
import { type AnswerCall, type AnswerKind, answerHead } from './answer-call.ts';
import { collectSink, streamSink } from './answer-sink.ts';
import { fitPrompt, promptWindow } from './prompt-window.ts';

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
