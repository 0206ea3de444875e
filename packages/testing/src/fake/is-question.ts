import type { FakeRequest } from './request-log.ts';

/** Whether a request asks a model for an answer; others list something, or load a model. */
export function isQuestion({ path, body }: Pick<FakeRequest, 'path' | 'body'>): boolean {
  const { prompt, messages, input } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (path === '/api/generate' || path === '/api/embeddings') return isFilled(prompt);
  if (path === '/api/chat') return isFilled(messages);
  return path === '/api/embed' && isFilled(input);
}

const isFilled = (value: unknown): boolean => (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
