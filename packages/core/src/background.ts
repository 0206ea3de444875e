import type { Ollama } from './ollama.ts';

/** Where a client has its other self whose calls do not keep the process alive. */
export const background: unique symbol = Symbol('background');

/** A client that can call in the background. */
export interface WithBackground {
  readonly [background]: () => Ollama;
}

/**
 * The same client, connections included, for calls that nobody waits for: they do not keep the process alive (but for the
 * time that a name is looked up). What is no client of this package, and a browser's, stays as it is.
 */
export const inBackground = (ollama: Ollama): Ollama => (ollama as Partial<WithBackground>)[background]?.() ?? ollama;
