import type { Diagnostic } from '@millrace/schema';
import { safeText } from './safe-text.ts';

/** Longer lines are cut around the caret. */
const widest = 120;

/** Diagnostics as a compiler prints them: place, code, the line with a caret below it, and what to do. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sourceOf: (file: string) => string | undefined,
): string {
  const texts = diagnostics.map((diagnostic) => renderOne(diagnostic, sourceOf(diagnostic.file)));
  return texts.length === 0 ? '' : `${texts.join('\n')}\n${total(diagnostics)}\n`;
}

function renderOne(diagnostic: Diagnostic, source: string | undefined): string {
  const { file, line, column, code, severity, message, hint, path } = diagnostic;
  const head = `${file}:${line}:${column}: ${severity}[${code}]${path === '' ? '' : ` ${path}`}: ${message}`;
  const quote = source === undefined ? [] : quoteLine(source, diagnostic);
  return safeText([head, ...quote, ...(hint === '' ? [] : [`  hint: ${hint}`])].join('\n'));
}

function quoteLine(source: string, { line, column, endLine, endColumn }: Diagnostic): string[] {
  const text = source.split(/\r?\n/)[line - 1];
  if (text === undefined || text.trim() === '') return [];
  const from = Math.max(0, column - 1 - Math.floor(widest / 2));
  const shown = safeText(text.slice(from, from + widest).replaceAll('\t', ' '));
  const end = endLine === line ? endColumn : text.length + 1;
  const carets = '^'.repeat(Math.max(1, Math.min(end - column, widest - (column - 1 - from))));
  const number = String(line);
  return [`  ${number} | ${shown}`, `  ${' '.repeat(number.length)} | ${' '.repeat(column - 1 - from)}${carets}`];
}

function total(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [errors > 0 && plural(errors, 'error'), warnings > 0 && plural(warnings, 'warning')];
  return parts.filter(Boolean).join(', ');
}

const plural = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
