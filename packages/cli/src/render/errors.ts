import { isMillraceError } from '@millrace/errors';
import { safeText } from './safe-text.ts';

/** An error for the user: what happened, why, what to do. A bug comes with its stack, for the report. */
export function renderError(error: unknown): string {
  if (!isMillraceError(error)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return safeText(`This is a bug in Millrace, please report it:\n${stack}\n`);
  }
  const causes = causesOf(error).map((cause) => `  because: ${cause}\n`);
  const hint = error.hint === '' ? '' : `  hint: ${error.hint}\n`;
  return safeText(`error[${error.code}]: ${error.message}\n${causes.join('')}${hint}`);
}

/** The messages of the causes that say something new. */
function causesOf(error: Error): string[] {
  const messages: string[] = [];
  let said = error.message;
  for (let cause = error.cause; cause instanceof Error && messages.length < 5; cause = cause.cause) {
    if (!said.includes(cause.message)) messages.push(cause.message);
    said += cause.message;
  }
  return messages;
}
