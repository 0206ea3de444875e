/** The smallest window: less saves little memory. */
const firstWindow = 2048;

/**
 * The window for a prompt and its answer: a power of two from 2,048 on, or what the model was trained for where that is less.
 *
 * @param contextLength What the model was trained for, in tokens.
 */
export function windowFor(tokens: number, contextLength: number): number {
  let window = firstWindow;
  while (window < tokens && window < contextLength) window *= 2;
  return Math.min(window, contextLength);
}
