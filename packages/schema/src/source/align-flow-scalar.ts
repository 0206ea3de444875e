import type { Alignment } from './scalar-alignment.ts';

/** Aligns a plain scalar: lines are trimmed and joined by a space, or by the line breaks between them less one. */
export function alignPlain(source: string, offset: number, into: Alignment): void {
  unfold(source, offset, into, (text, start) => into.add(text, start, start + text.length));
}

/** Aligns a single-quoted scalar: as a plain one, and `''` is a quote. `source` has the quotes around it. */
export function alignSingleQuoted(source: string, offset: number, into: Alignment): void {
  unfold(source.slice(1, -1), offset + 1, into, (text, start) => {
    for (const { 0: part, index } of text.matchAll(/''|[^']+|'/g)) {
      into.add(part === "''" ? "'" : part, start + index, start + index + part.length);
    }
  });
}

function unfold(source: string, offset: number, into: Alignment, add: (text: string, start: number) => void): void {
  const lines = linesOf(source);
  let blank = 0;
  let behind = 0;
  lines.forEach((line, index) => {
    const isLast = index === lines.length - 1;
    const start = index === 0 ? line.start : skipBlanks(source, line.start, line.end);
    const end = isLast ? line.end : skipBlanksBack(source, start, line.end);
    if (index > 0 && !isLast && start === end) {
      blank++;
      return;
    }
    if (index > 0) into.add(blank === 0 ? ' ' : '\n'.repeat(blank), offset + behind, offset + start);
    add(source.slice(start, end), offset + start);
    blank = 0;
    behind = end;
  });
}

/** From and to of each line, without its break. */
function linesOf(source: string): readonly { readonly start: number; readonly end: number }[] {
  const lines = [];
  let start = 0;
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', start)) {
    lines.push({ start, end: at > start && source[at - 1] === '\r' ? at - 1 : at });
    start = at + 1;
  }
  return [...lines, { start, end: source.length }];
}

const isBlank = (char: string | undefined): boolean => char === ' ' || char === '\t';

function skipBlanks(source: string, from: number, end: number): number {
  let at = from;
  while (at < end && isBlank(source[at])) at++;
  return at;
}

function skipBlanksBack(source: string, start: number, from: number): number {
  let at = from;
  while (at > start && isBlank(source[at - 1])) at--;
  return at;
}
