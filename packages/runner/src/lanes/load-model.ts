import type { KeepAlive, Ollama } from '@millrace/core';
import { ignoreElements, type Observable } from 'rxjs';
import { type Ask, loadOptionsIn } from './ask.ts';

/**
 * Loads a model, or sets how long it stays: a request that asks nothing. It is one of its own, since a load ends for all who wait for it
 * when the one that began it is cancelled.
 */
export function loadModel(ollama: Ollama, { model, options, embeds }: Ask, keepAlive: KeepAlive): Observable<never> {
  const own = loadOptionsIn(options);
  const request = { model, keep_alive: keepAlive, ...(own && { options: own }) };
  const answer: Observable<unknown> = embeds ? ollama.embed({ ...request, input: [] }) : ollama.generate(request);
  return answer.pipe(ignoreElements());
}
