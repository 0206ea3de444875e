const words = [
  ' the',
  ' stream',
  ' of',
  ' water',
  ' that',
  ' drives',
  ' a',
  ' wheel',
  ',',
  ' café',
  ' is',
  ' not',
  ' one',
];

/** The text of a token; some are longer in UTF-8 than in characters, as in any real answer. */
export const tokenText = (index) => words[index % words.length];

/** The lines of a chat as Ollama writes them: one for each token, and the final one with its figures. */
export function answerLines(model, tokens) {
  const lines = Array.from({ length: tokens }, (_, index) =>
    line(model, index, { message: { role: 'assistant', content: tokenText(index) }, done: false }),
  );
  const figures = {
    total_duration: 4883583458,
    load_duration: 1334875,
    prompt_eval_count: 26,
    prompt_eval_duration: 342546000,
  };
  const end = { message: { role: 'assistant', content: '' }, done_reason: 'stop', done: true };
  return [...lines, line(model, tokens, { ...end, ...figures, eval_count: tokens, eval_duration: 4535599000 })];
}

function line(model, index, rest) {
  const created_at = new Date(Date.UTC(2026, 0, 1) + index * 7).toISOString().replace('Z', '283017Z');
  return `${JSON.stringify({ model, created_at, ...rest })}\n`;
}
