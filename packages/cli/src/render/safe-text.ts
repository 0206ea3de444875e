const hidden = /(?![\t\n])\p{Cc}|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/gu;

/**
 * Makes text of models, rows and files safe to print: control characters, escape sequences among them, and marks that hide or turn round
 * what stands beside them, are shown as `\x1b` or the like. Ends of lines and tabs stay.
 */
export const safeText = (text: string): string => text.replaceAll(hidden, escaped);

const escaped = (char: string): string => {
  const code = char.charCodeAt(0);
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** The same on one line, at most so many characters long. */
export function oneLine(text: string, longest = 200): string {
  const line = safeText(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** A value as JSON that is safe to print, by default indented. */
export const safeJson = (value: unknown, indent = 2): string =>
  JSON.stringify(value, null, indent).replaceAll(
    hidden,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
