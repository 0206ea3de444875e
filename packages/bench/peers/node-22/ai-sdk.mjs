import { streamText } from 'ai';
import { createOllama } from 'ai-sdk-ollama';

export function createSubject(url) {
  const ollama = createOllama({ baseURL: url });
  const ask = (model, abortSignal) =>
    streamText({ model: ollama(model), prompt: 'Go.', maxRetries: 0, abortSignal, onError: () => {} });
  return {
    ask: async (model) => {
      const answer = ask(model);
      let text = '';
      for await (const delta of answer.textStream) text += delta;
      return { text, usage: (await answer.usage).outputTokens };
    },
    start: (model, onFirst) => {
      const controller = new AbortController();
      read(ask(model, controller.signal), onFirst);
      return () => controller.abort();
    },
  };
}

async function read(answer, onFirst) {
  try {
    for await (const delta of answer.textStream) onFirst(delta);
  } catch {
    // the cancel that is measured
  }
}
