import { sendJson, sendLine } from '../http/answers.ts';
import type { TextPart } from '../inference/generate-text.ts';
import { type AnswerCall, type AnswerKind, answerHead } from './answer-call.ts';

/** Takes an answer as it comes. */
export interface AnswerSink {
  part(part: TextPart): Promise<void>;
  end(last: object): Promise<void>;
}

/** Sends each part as a line. */
export function streamSink({ request, response, signal }: AnswerCall, kind: AnswerKind): AnswerSink {
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

/** Sends the answer when it is whole. */
export function collectSink({ request, response }: AnswerCall, kind: AnswerKind): AnswerSink {
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
