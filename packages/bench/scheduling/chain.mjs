import { answerTokens, promptOf as firstPrompt } from '../batch/answers.mjs';

/** What a step of a row asks: the first one about the text of the row, each later one about the answer before. */
export const promptOf = (place, text) => (place === 0 ? firstPrompt(text) : `Say it again in other words: ${text}`);

/** The answer of a model, in tokens: another one for another model and another prompt. Between two numbers, its length depends on them too. */
export function answerOf(model, prompt, tokens) {
  const asked = `${model}: ${prompt}`;
  if (typeof tokens === 'number') return answerTokens(asked, tokens);
  const [mark] = answerTokens(asked, 1);
  return answerTokens(asked, tokens.from + (Number.parseInt(mark, 16) % (tokens.to - tokens.from + 1)));
}

/** What a row comes to when each step asks its model. */
export const lastAnswer = (models, text, tokens) =>
  models.reduce((answer, model, place) => answerOf(model, promptOf(place, answer), tokens).join('').trim(), text);

/** The same chain as a workflow; `options` go with every request. */
export function workflowOf(models, { parallel, options }) {
  const more = options ? `, options: ${JSON.stringify(options)}` : '';
  const steps = models.map((model, place) => {
    const before = place === 0 ? '${row.text}' : `\${step_${place}}`;
    return `  step_${place + 1}: { model: "${model}", generate: "${promptOf(place, before)}"${more} }\n`;
  });
  return `name: bench
each: { from: rows.jsonl, key: "\${row.id}" }
steps:
${steps.join('')}save: { to: answers.jsonl, fields: { answer: "\${step_${models.length}}" } }
limits: { parallel: ${parallel} }
`;
}
