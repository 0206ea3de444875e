import type { Diagnostic } from '@millrace/schema';
import { plural } from './figures.ts';
import type { Paint } from './paint.ts';
import { quoteLine } from './quote-line.ts';
import { safeText } from './safe-text.ts';

/** How diagnostics are shown. */
export interface DiagnosticsView {
  /** The text of the file; undefined where no line can be quoted from it. */
  readonly source: string | undefined;
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly columns: number;
}

/** Diagnostics as a compiler prints them: place, code, the line with carets below it, and what to do; then how many there are. */
export const renderDiagnostics = (diagnostics: readonly Diagnostic[], view: DiagnosticsView): string =>
  diagnostics.length === 0 ? '' : `${renderProblems(diagnostics, view)}${totalOf(diagnostics)}\n`;

/** The same without the sum. */
export const renderProblems = (diagnostics: readonly Diagnostic[], view: DiagnosticsView): string =>
  diagnostics.map((diagnostic) => `${renderOne(diagnostic, view)}\n`).join('');

/** `2 errors, 1 warning` */
export function totalOf(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [errors > 0 && plural(errors, 'error'), warnings > 0 && plural(warnings, 'warning')];
  return parts.filter(Boolean).join(', ');
}

function renderOne(diagnostic: Diagnostic, view: DiagnosticsView): string {
  const { file, line, column, code, severity, message, hint, path } = diagnostic;
  const { paint } = view;
  const place = paint.place(onOneLine(`${file}:${line}:${column}:`));
  const what = `${paint[severity](`${severity}[${code}]`)}${path === '' ? '' : ` ${onOneLine(path)}`}`;
  const lines = [`${place} ${what}: ${onOneLine(message)}`, ...quoteOf(diagnostic, view)];
  if (hint !== '') lines.push(`  ${paint.note('hint:')} ${onOneLine(hint)}`);
  return lines.join('\n');
}

/** A line of a file that is no wider is not worth cutting. */
const columnsAtLeast = 60;

function quoteOf(diagnostic: Diagnostic, { source, paint, columns }: DiagnosticsView): string[] {
  const { line, column, endLine, endColumn, severity } = diagnostic;
  const text = lineOf(source ?? '', line);
  if (text.trim() === '') return [];
  const number = String(line);
  const end = endLine === line ? endColumn - 1 : text.trimEnd().length;
  const width = Math.max(columnsAtLeast, columns) - number.length - '   | '.length;
  const quote = quoteLine(text, { start: column - 1, end }, width);
  return [
    `  ${paint.place(`${number} |`)} ${quote.text}`,
    `  ${paint.place(`${' '.repeat(number.length)} |`)} ${quote.marks.replace(/\^+/, paint[severity])}`,
  ];
}

/** A line by its number, without looking at those behind it. */
function lineOf(text: string, number: number): string {
  let start = 0;
  for (let line = 1; line < number; line += 1) {
    const next = text.indexOf('\n', start);
    if (next < 0) return '';
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
}

/** What comes from a file must not look like lines of ours. */
const onOneLine = (text: string): string => safeText(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
