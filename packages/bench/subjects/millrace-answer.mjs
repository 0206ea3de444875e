import { answer, createOllama } from '@millrace/core';
import { lastValueFrom } from 'rxjs';

const messages = [{ role: 'user', content: 'Go.' }];

export function createSubject(url) {
  const ollama = createOllama({ baseUrl: url });
  return {
    ask: async (model) => {
      const { content, usage } = await lastValueFrom(ollama.chat({ model, messages }).pipe(answer()));
      return { text: content, usage: usage.outputTokens };
    },
    start: (model) => {
      const subscription = ollama
        .chat({ model, messages })
        .pipe(answer())
        .subscribe({ error: () => {} });
      return () => subscription.unsubscribe();
    },
  };
}
