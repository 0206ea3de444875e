/** Text that stands for itself in a GBNF grammar. */
export function literal(text: string): string {
  const escaped = text.replace(/["\\\n\r]/g, (character) => escapes[character] ?? character);
  return `"${escaped}"`;
}

const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r' };

/** Alternatives, in brackets where there are several. */
export function either(alternatives: readonly string[]): string {
  return alternatives.length === 1 ? (alternatives[0] ?? '') : `(${alternatives.join(' | ')})`;
}

/** Repeats an expression; `max` undefined: any number of times. */
export function repeat(expression: string, min: number, max: number | undefined): string {
  if (max === undefined && min <= 1) return `(${expression})${min === 0 ? '*' : '+'}`;
  return max === 0 ? '""' : `(${expression}){${min},${max ?? ''}}`;
}
