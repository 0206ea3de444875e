import type { Alignment } from './scalar-alignment.ts';

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  '\t': '\t',
};

const codeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** A run of plain text; an escape; an escaped line break; blanks and line breaks that are folded. */
const token =
  /[^\\\s]+|\\\r?\n[ \t]*|\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[^xuU])|[ \t]*\r?\n(?:[ \t]|\r?\n)*|[ \t]+|\s|\\/gu;

/** Aligns a double-quoted scalar: escapes are one character, and lines are joined as in a plain one. `source` has the quotes around it. */
export function alignDoubleQuoted(source: string, offset: number, into: Alignment): void {
  for (const { 0: part, index } of source.slice(1, -1).matchAll(token)) {
    const start = offset + 1 + index;
    into.add(valueOfPart(part), start, start + part.length);
  }
}

function valueOfPart(part: string): string {
  if (part[0] === '\\') return part.includes('\n') ? '' : unescaped(part);
  if (!part.includes('\n')) return part;
  const breaks = part.split('\n').length - 1;
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}

function unescaped(part: string): string {
  const kind = part[1] ?? '';
  const length = codeLengths[kind];
  if (length === undefined) return escapes[kind] ?? part;
  const code = Number.parseInt(part.slice(2, 2 + length), 16);
  return code > 0x10ffff ? part : String.fromCodePoint(code);
}
