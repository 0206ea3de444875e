/** GBNF for any string but these: an additional member must not repeat a declared one. */
export function otherString(names: readonly string[]): string {
  return `"\\"" ${tail(names.map((name) => [...JSON.stringify(name).slice(1, -1)]))} "\\""`;
}

/** What may follow, letter by letter, so that none of the words comes out. */
function tail(words: readonly (readonly string[])[]): string {
  const byLetter = new Map<string, (readonly string[])[]>();
  for (const [letter, ...rest] of words) {
    if (letter !== undefined) byLetter.set(letter, [...(byLetter.get(letter) ?? []), rest]);
  }
  const plain = [...byLetter].filter(([letter]) => /^[^"\\\]^-]$/u.test(letter));
  const branches = plain.map(([letter, rest]) => `[${letter}] ${tail(rest)}`);
  const except = plain.map(([letter]) => letter).join('');
  branches.push(`[^"\\\\\\x7F\\x00-\\x1F${except}] char*`);
  const wordEndsHere = words.some((word) => word.length === 0);
  return `(${branches.join(' | ')})${wordEndsHere ? '' : '?'}`;
}
