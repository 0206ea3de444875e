import type { Token } from 'node-llama-cpp';
import { sendJson } from '../http/answers.ts';
import { readBody } from '../http/read-body.ts';
import type { Handler } from '../http/router.ts';
import { fits } from '../inference/fit-prompt.ts';
import type { RenderChat } from '../inference/render-chat.ts';
import { type ChatRequest, readChatRequest } from '../wire/chat-request.ts';
import { RequestError } from '../wire/request-error.ts';
import { loadOnly, sendAnswer } from './answer.ts';
import { answerHead } from './answer-call.ts';
import { checkImagesAndFormat, checkLogprobs, checkThinkAndOptions } from './check-request.ts';
import type { EngineState } from './engine-state.ts';
import { findModel, missingCapability } from './find-model.ts';

/** `POST /api/chat`: answers a talk; without messages it loads the model, or unloads it. */
export function chatRoute({ open, store }: EngineState): Handler {
  return async (incoming, response, signal) => {
    const request = readChatRequest(await readBody(incoming, 'ChatRequest'));
    if (request.model === '') throw new RequestError(400, 'model is required');
    checkLogprobs(request);
    const served = findModel(store, request.model);
    const fields = (content: string) => ({ message: { role: 'assistant', content } });
    const sendDone = (reason: string) =>
      sendJson(response, 200, { ...answerHead(request), ...fields(''), done: true, done_reason: reason });
    if (request.messages.length === 0 && request.keepAliveMs === 0) {
      await served.residence.release();
      return sendDone('unload');
    }
    if (request.tools > 0) throw missingCapability(served, 'tools');
    const options = checkThinkAndOptions(request);
    if (request.messages.length === 0) {
      await loadOnly(served, request, options);
      return sendDone('load');
    }
    const grammar = checkImagesAndFormat(request);
    await sendAnswer(
      { open, served, request, options, grammar, response, signal },
      { prompt: (loaded, numCtx) => promptTokens(loaded.renderChat, request, numCtx), fields, withContext: false },
    );
  };
}

/** Drops as many of the oldest messages as must go; what the system says and the last message stay. */
function promptTokens(renderChat: RenderChat, { messages, truncate }: ChatRequest, numCtx: number): Token[] {
  const whole = renderChat(messages);
  if (!truncate || fits(whole, numCtx)) return whole;
  const droppable = messages.slice(0, -1).filter((message) => message.role !== 'system');
  const without = (count: number) => {
    const dropped = new Set(droppable.slice(0, count));
    return renderChat(messages.filter((message) => !dropped.has(message)));
  };
  let [low, high] = [0, droppable.length]; // halving: talks may be long, and each try renders all of one
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(without(middle), numCtx)) high = middle;
    else low = middle;
  }
  return without(high);
}
