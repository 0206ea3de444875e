import { type AnswerRequest, readAnswerRequest } from './generate-request.ts';
import { goKind, isObject, readFields } from './read-fields.ts';
import { countImages } from './read-images.ts';
import { RequestError } from './request-error.ts';

/** One message of a chat. */
export interface RequestMessage {
  /** In lower case; not checked, like Ollama. */
  readonly role: string;
  readonly content: string;
}

/** The body of `POST /api/chat`. */
export interface ChatRequest extends AnswerRequest {
  readonly messages: readonly RequestMessage[];
  readonly tools: number;
}

/** @throws {RequestError} 400 for a field of the wrong type, in the words of Go's decoder. */
export function readChatRequest(body: Readonly<Record<string, unknown>>): ChatRequest {
  const fields = readFields('ChatRequest', body);
  const messages = fields.list('messages', '[]api.Message').map(readMessage);
  return {
    ...readAnswerRequest('ChatRequest', body),
    messages,
    tools: fields.list('tools', 'api.Tools').length,
    images: messages.reduce((count, message) => count + message.images, 0),
  };
}

function readMessage(message: unknown): RequestMessage & { images: number } {
  if (!isObject(message)) {
    const found = goKind(message);
    throw new RequestError(
      400,
      `json: cannot unmarshal ${found} into Go struct field ChatRequest.messages of type api.Message`,
    );
  }
  const fields = readFields('ChatRequest.messages', message);
  for (const call of fields.list('tool_calls', '[]api.ToolCall')) checkToolCall(call);
  return {
    role: fields.text('role').toLowerCase(),
    content: fields.text('content'),
    images: countImages(fields.list('images', '[]api.ImageData')),
  };
}

function checkToolCall(call: unknown): void {
  const callee = isObject(call) ? call.function : undefined;
  const given = isObject(callee) ? callee.arguments : undefined;
  if (given === undefined || given === null || isObject(given)) return;
  throw new RequestError(400, "Value looks like object, but can't find closing '}' symbol");
}
