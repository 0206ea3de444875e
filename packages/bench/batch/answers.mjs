const words = ' the stream of water that drives a wheel is the work of years and stone'.match(/ \w+/g);

/** What is asked about a row, by every subject. */
export const promptOf = (text) => `Say in a few words what this is about: ${text}`;

/** The answer to a prompt, in tokens: a mark of the prompt, so that an answer on the wrong row is seen, and words behind it. */
export function answerTokens(prompt, count) {
  const tokens = new Array(count);
  tokens[0] = markOf(prompt);
  for (let index = 1; index < count; index += 1) tokens[index] = words[index % words.length];
  return tokens;
}

/** A hash of 32 bits (FNV-1a), in digits of one length. */
function markOf(text) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
