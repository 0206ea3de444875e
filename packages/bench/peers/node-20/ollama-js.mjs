import { Ollama } from 'ollama';

const messages = [{ role: 'user', content: 'Go.' }];

export function createSubject(url) {
  const client = new Ollama({ host: url });
  return {
    ask: async (model) => {
      let text = '';
      let usage;
      for await (const { message, done, eval_count } of await client.chat({ model, messages, stream: true })) {
        text += message.content;
        if (done) usage = eval_count;
      }
      return { text, usage };
    },
    start: (model, onFirst) => {
      read(client.chat({ model, messages, stream: true }), onFirst);
      return () => client.abort();
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
