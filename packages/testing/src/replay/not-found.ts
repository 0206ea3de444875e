import { fieldOf, type ReplayRequest } from './replay-request.ts';

/** Ollama's 404 for a request no transcript answers: about the model where one is named, else about the page. */
export function notFound(request: ReplayRequest): { type: string; body: string } {
  const model = fieldOf(request.body, 'model');
  if (typeof model !== 'string') return { type: 'text/plain', body: '404 page not found' };
  return { type: 'application/json; charset=utf-8', body: JSON.stringify({ error: `model '${model}' not found` }) };
}
