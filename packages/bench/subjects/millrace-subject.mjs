const messages = [{ role: 'user', content: 'Go.' }];

/** Measures a client of Millrace as its user writes it: one observer that folds text and usage. */
export function createMillraceSubject(ollama) {
  return {
    ask: (model) =>
      new Promise((resolve, reject) => {
        let text = '';
        let usage;
        ollama.chat({ model, messages }).subscribe({
          next: ({ message, done, eval_count }) => {
            text += message.content;
            if (done) usage = eval_count;
          },
          error: reject,
          complete: () => resolve({ text, usage }),
        });
      }),
    start: (model, onFirst) => {
      const subscription = ollama.chat({ model, messages }).subscribe({ next: onFirst, error: () => {} });
      return () => subscription.unsubscribe();
    },
  };
}
