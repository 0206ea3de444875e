import type { Diagnostic } from '@millrace/schema';
import { safeText } from './safe-text.ts';

/**
 * Diagnostics as commands that GitHub Actions turns into annotations of a pull request, a line each.
 *
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export const renderForGithub = (diagnostics: readonly Diagnostic[]): string => diagnostics.map(command).join('');

function command(diagnostic: Diagnostic): string {
  const { file, path, line, column, endLine, endColumn, code, severity, message, hint } = diagnostic;
  // GitHub counts the last column in, and shows columns only where all is on one line.
  const properties = {
    file,
    line,
    endLine,
    col: column,
    endColumn: endLine === line ? Math.max(column, endColumn - 1) : endColumn,
    title: path === '' ? code : `${code} ${path}`,
  };
  const pairs = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${severity} ${pairs.join(',')}::${data(hint === '' ? message : `${message}\nhint: ${hint}`)}\n`;
}

/** What may stand in a message: a line end in it would end the command. */
const data = (text: string): string =>
  safeText(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
