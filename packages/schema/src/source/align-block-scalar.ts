import type { Alignment } from './scalar-alignment.ts';

/** What of a block scalar stands in the file. */
export interface BlockScalarText {
  /** The lines below the header, as they are. */
  readonly source: string;
  /** Where they begin. */
  readonly offset: number;
  /** `|` and its indicators, such as `>2-`. */
  readonly header: string;
  /** The columns by which the parent is indented. */
  readonly parentIndent: number;
}

/** Aligns a `|` or `>` scalar: the indentation is left out, and `>` joins lines that are not indented deeper. */
export function alignBlockScalar({ source, offset, header, parentIndent }: BlockScalarText, into: Alignment): void {
  const lines = linesOf(source, offset);
  const given = Number(/\d/.exec(header)?.[0] ?? 0);
  const first = lines.findIndex(({ content }) => content !== '');
  if (first < 0) return;
  const indent = given > 0 ? Math.max(0, parentIndent) + given : (lines[first] as Line).indent;
  const last = lines.findLastIndex((line) => line.content !== '' || line.indent > indent);
  const isFolded = header.startsWith('>');
  for (const line of lines.slice(0, first)) addLine(line, indent, '\n', into);

  let separator = '';
  let wasDeeper = false;
  for (const line of lines.slice(first, last + 1)) {
    const isDeeper = line.indent > indent || line.content[0] === '\t';
    if (!isFolded || isDeeper) {
      if (isFolded && separator === ' ') separator = '\n';
      else if (isFolded && !wasDeeper && separator === '\n') separator = '\n\n';
      into.add(separator, line.start, line.start + line.indent);
      addLine(line, indent, '', into);
      separator = '\n';
      wasDeeper = isFolded;
    } else if (line.content === '') {
      if (separator === '\n') into.add('\n', line.start, line.start);
      else separator = '\n';
    } else {
      into.add(separator, line.start, line.start + line.indent);
      addLine(line, indent, '', into);
      separator = ' ';
      wasDeeper = false;
    }
  }
}

interface Line {
  readonly start: number;
  readonly indent: number;
  readonly content: string;
}

function addLine({ start, indent, content }: Line, trimmed: number, end: string, into: Alignment): void {
  const kept = ' '.repeat(Math.max(0, indent - trimmed)) + content;
  const from = start + indent + content.length - kept.length;
  into.add(kept, from, from + kept.length);
  into.add(end, from + kept.length, from + kept.length + 1);
}

function linesOf(source: string, offset: number): readonly Line[] {
  let start = offset;
  return source.split('\n').map((raw) => {
    const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const content = text.replace(/^ +/, '');
    const line = { start, indent: text.length - content.length, content };
    start += raw.length + 1;
    return line;
  });
}
