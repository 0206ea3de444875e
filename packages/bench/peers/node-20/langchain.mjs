import { ChatOllama } from '@langchain/ollama';

export function createSubject(url) {
  const ask = (model, signal) => new ChatOllama({ baseUrl: url, model, maxRetries: 0 }).stream('Go.', { signal });
  return {
    ask: async (model) => {
      let text = '';
      let usage;
      for await (const { content, usage_metadata } of await ask(model)) {
        text += content;
        usage = usage_metadata?.output_tokens ?? usage;
      }
      return { text, usage };
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
    for await (const message of await answer) onFirst(message);
  } catch {
    // the cancel that is measured
  }
}
