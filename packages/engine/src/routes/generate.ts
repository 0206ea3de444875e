import type { Token } from 'node-llama-cpp';
import { sendJson } from '../http/answers.ts';
import { readBody } from '../http/read-body.ts';
import type { Handler } from '../http/router.ts';
import { withBegin } from '../inference/render-chat.ts';
import type { LoadedModel } from '../models/loaded-model.ts';
import { type GenerateRequest, readGenerateRequest } from '../wire/generate-request.ts';
import { RequestError } from '../wire/request-error.ts';
import { loadOnly, sendAnswer } from './answer.ts';
import { answerHead } from './answer-call.ts';
import { checkImagesAndFormat, checkLogprobs, checkThinkAndOptions } from './check-request.ts';
import type { EngineState } from './engine-state.ts';
import { findModel, missingCapability } from './find-model.ts';

/** `POST /api/generate`: completes a prompt; with an empty one it loads the model, or unloads it. */
export function generateRoute({ open, store }: EngineState): Handler {
  return async (incoming, response, signal) => {
    const request = readGenerateRequest(await readBody(incoming, 'GenerateRequest'));
    checkLogprobs(request);
    const served = findModel(store, request.model);
    const sendDone = (reason: string) =>
      sendJson(response, 200, { ...answerHead(request), response: '', done: true, done_reason: reason });
    if (request.prompt === '' && request.keepAliveMs === 0) {
      await served.residence.release();
      return sendDone('unload');
    }
    if (request.raw && (request.template !== '' || request.system !== '' || request.context.length > 0)) {
      throw new RequestError(400, 'raw mode does not support template, system, or context');
    }
    if (request.suffix !== '') throw missingCapability(served, 'insert');
    const options = checkThinkAndOptions(request);
    if (request.template !== '') throw new RequestError(400, templateRefused);
    if (request.prompt === '') {
      await loadOnly(served, request, options);
      return sendDone('load');
    }
    const grammar = checkImagesAndFormat(request);
    await sendAnswer(
      { open, served, request, options, grammar, response, signal },
      {
        prompt: (loaded) => promptTokens(loaded, request),
        fields: (text) => ({ response: text }),
        withContext: !request.raw,
      },
    );
  };
}

const templateRefused =
  'this server does not run Go templates: leave out "template" to use the model\'s own, or send the finished prompt with "raw": true';

/** A raw prompt may spell special tokens; any other is one user message, after the tokens of an earlier answer. */
function promptTokens({ model, renderChat }: LoadedModel, request: GenerateRequest): Token[] {
  if (request.raw) return withBegin(model, model.tokenize(request.prompt, true));
  const system = request.system === '' ? [] : [{ role: 'system', content: request.system }];
  const tokens = renderChat([...system, { role: 'user', content: request.prompt }]);
  if (request.context.length === 0) return tokens;
  const [begin, rest] = tokens[0] === model.tokens.bos ? [tokens.slice(0, 1), tokens.slice(1)] : [[], tokens];
  return [
    ...begin,
    ...request.context.map((id) => contextToken(id, model.fileInfo.metadata.tokenizer.ggml.tokens.length)),
    ...rest,
  ];
}

function contextToken(id: number, vocabulary: number): Token {
  if (id < 0 || id >= vocabulary) throw new RequestError(400, `context holds ${id}, which is no token of this model`);
  return id as Token; // the library brands token numbers
}
