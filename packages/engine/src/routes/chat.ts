import type { Token } from 'node-llama-cpp';
import { sendJson } from '../http/answers.ts';
import { readBody } from '../http/read-body.ts';
import type { Handler } from '../http/router.ts';
import { fits } from '../inference/fit-prompt.ts';
import type { RenderChat } from '../inference/render-chat.ts';
import { type ChatRequest, type RequestMessage, readChatRequest } from '../wire/chat-request.ts';
import { RequestError } from '../wire/request-error.ts';
import { answerHead, sendAnswer } from './answer.ts';
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
      await served.residence.use(request.keepAliveMs, async () => {});
      return sendDone('load');
    }
    const grammar = checkImagesAndFormat(request);
    await sendAnswer(
      { open, served, request, options, grammar, response, signal },
      { prompt: (loaded, numCtx) => promptTokens(loaded.renderChat, request, numCtx), fields, withContext: false },
    );
  };
}

/** Drops the oldest messages until the talk fits; what the system says and the last message stay. */
function promptTokens(renderChat: RenderChat, request: ChatRequest, numCtx: number): Token[] {
  let messages: readonly RequestMessage[] = request.messages;
  while (true) {
    const tokens = renderChat(messages);
    if (!request.truncate || fits(tokens, numCtx)) return tokens;
    const oldest = messages.slice(0, -1).findIndex((message) => message.role !== 'system');
    if (oldest < 0) return tokens;
    messages = messages.toSpliced(oldest, 1);
  }
}
