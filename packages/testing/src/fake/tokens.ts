const pattern = /\s*(?:[\p{L}\p{N}]{1,12}|[^\s\p{L}\p{N}])|\s+/gu;

/**
 * Cuts a text into tokens: at most twelve letters or digits, or one other character, each with the blanks before
 * it; blanks at the end are one more. Joined they are the text again.
 */
export function tokensOf(text: string): string[] {
  return text.match(pattern) ?? [];
}

/** The number of tokens, by the rule of `tokensOf`, without keeping them. */
export function countTokens(text: string): number {
  let count = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) count += 1;
  return count;
}
