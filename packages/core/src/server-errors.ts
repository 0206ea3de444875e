import { OllamaError, type OllamaErrorDetails } from '@millrace/errors';
import type { ServerReport } from './error-body.ts';
import { serverErrorKinds } from './server-error-kinds.ts';
import { type ServerErrorPattern, serverErrorTable } from './server-error-table.ts';

/** A failure that a server reported, and where. */
export interface ServerFailure {
  /** The call, as messages name it. */
  readonly where: string;
  /** HTTP status; absent for an error line in mid-stream. */
  readonly status?: number | undefined;
  /** How long the server asked to wait. */
  readonly retryAfterMs?: number | undefined;
  readonly report: ServerReport;
  /** The model of the request, for the hint. */
  readonly model?: string | undefined;
}

/** Finds how a failure is known: the first entry of the table that fits. */
export function findPattern(message: string, status: number | undefined): ServerErrorPattern {
  const found = serverErrorTable.find((entry) => fits(entry, message, status));
  return found ?? (serverErrorTable.at(-1) as ServerErrorPattern); // the last entry fits everything
}

function fits({ match, status: wanted }: ServerErrorPattern, message: string, status: number | undefined): boolean {
  if (status === undefined) return match.source !== generic && message !== '' && match.test(message);
  return (wanted === null || wanted === status) && match.test(message);
}

const generic = '(?:)';

/** Turns what a server reported into the error of its kind. */
export function serverError({ where, status, retryAfterMs, report, model }: ServerFailure): OllamaError {
  const pattern = findPattern(report.message, status);
  const { code, retry } = serverErrorKinds[pattern.kind];
  const { signinUrl, needed, limit } = report;
  const details: OllamaErrorDetails = {
    kind: pattern.kind,
    serverMessage: report.message,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(signinUrl !== undefined && { signinUrl }),
    ...(needed !== undefined && { needed }),
    ...(limit !== undefined && { limit }),
  };
  const said = status === undefined ? 'failed in mid-stream' : `answered ${status}`;
  return new OllamaError(code, `${where} ${said}${quote(report.message)}`, details, {
    hint: hintOf(pattern, report, model),
    retry: pattern.retryable ? retry : null,
  });
}

function hintOf(pattern: ServerErrorPattern, { signinUrl }: ServerReport, model?: string): string | undefined {
  if (signinUrl !== undefined) return `Sign in at ${signinUrl}`;
  if (pattern.kind === 'model_not_found' && model !== undefined)
    return `Run \`ollama pull ${model}\`, or check the name.`;
  return pattern.match.source === generic ? undefined : pattern.hint;
}

// A proxy's page is HTML: its words are shown, on one line, without the markup.
function quote(message: string): string {
  const text = /^\s*</.test(message) ? message.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ') : message;
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return ' without a word.';
  return `: ${line.length > 500 ? `${line.slice(0, 500)}…` : line}`;
}
