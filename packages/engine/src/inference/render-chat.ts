import type { ChatHistoryItem, LlamaModel, Token } from 'node-llama-cpp';
import type { RequestMessage } from '../wire/chat-request.ts';
import { RequestError } from '../wire/request-error.ts';
import type { LlamaLibrary } from './open-llama.ts';

/** Turns a talk into the tokens of a prompt, the begin-of-text token first where the model has one. */
export type RenderChat = (messages: readonly RequestMessage[]) => Token[];

/**
 * Renders through the chat template in the model's file. Only the template's own text can become special tokens: what
 * stands in a message stays text, even where it spells one.
 */
export function createChatRenderer({ resolveChatWrapper }: LlamaLibrary, model: LlamaModel): RenderChat {
  const wrapper = resolveChatWrapper(model, {
    customWrapperSettings: {
      jinjaTemplate: {
        joinAdjacentMessagesOfTheSameType: false,
        convertUnsupportedSystemMessagesToUserMessages: false,
        trimLeadingWhitespaceInResponses: false,
      },
    },
  });
  const tokens = (history: ChatHistoryItem[]): Token[] =>
    wrapper
      .generateContextState({ chatHistory: [...history, { type: 'model', response: [] }] })
      .contextText.tokenize(model.tokenizer);

  return (messages) => {
    const history = messages.flatMap(historyItem);
    // Templates such as millrace-micro's print a system text with the user message behind it, so there must be one.
    if (history.at(-1)?.type === 'system') history.push({ type: 'user', text: '' });
    try {
      return withBegin(model, tokens(history));
    } catch (error) {
      throw new RequestError(500, `template error: ${error instanceof Error ? error.message : error}`);
    }
  };
}

/** Puts the begin-of-text token in front where the model wants one and the template wrote none. */
export function withBegin(model: LlamaModel, tokens: readonly Token[]): Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  return bos === null || !shouldPrependBosToken || tokens[0] === bos ? [...tokens] : [bos, ...tokens];
}

/** Roles that the library cannot express (tool, and any made-up one) leave no trace, as in templates that ignore them. */
function historyItem({ role, content }: RequestMessage): ChatHistoryItem[] {
  if (role === 'system') return [{ type: 'system', text: content }];
  if (role === 'user') return [{ type: 'user', text: content }];
  return role === 'assistant' ? [{ type: 'model', response: [content] }] : [];
}
