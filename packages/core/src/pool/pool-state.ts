import type { Ollama } from '../ollama.ts';
import type { Host } from './host.ts';
import type { Knowledge } from './knowledge.ts';

/** What all calls of a pool share. */
export interface PoolState {
  readonly knowledge: Knowledge;
  /** What an answer measures of which the length is not limited. */
  readonly answerTokens: number;
  /** What the load of a model measures. */
  readonly loadTokens: number;
  isClosed: boolean;
}

/** What a client of a pool sees of it. */
export interface PoolView {
  /** Those that its calls may go to. */
  readonly hosts: readonly Host[];
  /** What the calls go through: the client of the host, or that with other limits. */
  readonly clientOf: (host: Host) => Ollama;
}
