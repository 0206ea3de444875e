import { isMillraceError, MillraceError } from '@millrace/errors';
import { errorStatus } from './error-status.ts';

/** What is answered where a request fails. */
export interface ErrorAnswer {
  readonly status: number;
  readonly body: { readonly error: { readonly code: string; readonly message: string; readonly hint: string } };
}

/** An error of the API with a status that its code alone does not tell. */
export class HttpError extends MillraceError {
  override readonly name = 'HttpError';
  readonly status: number;

  constructor(
    status: number,
    code: ConstructorParameters<typeof MillraceError>[0],
    message: string,
    hint?: string,
    cause?: unknown,
  ) {
    super(code, message, { hint, ...(cause !== undefined && { cause }) });
    this.status = status;
  }
}

/** What of a thrown value may be told outside: of one that is none of ours nothing but that it is a fault of the server. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (isMillraceError(error)) {
    const status = error instanceof HttpError ? error.status : errorStatus[error.code];
    return answerOf(status, error.code, error.message, error.hint);
  }
  const refused = refusalOf(error);
  if (refused) return refused;
  const hint = 'The log of the server says why; tell the project, please.';
  return answerOf(500, 'INTERNAL', 'The server failed to answer, for a reason it does not know.', hint);
}

const answerOf = (status: number, code: string, message: string, hint: string): ErrorAnswer => ({
  status,
  body: { error: { code, message, hint } },
});

/** What fastify says of a request that it does not pass on: its status is between 400 and 499. */
function refusalOf(error: unknown): ErrorAnswer | undefined {
  const { statusCode, code, message, validation, validationContext } = (error ?? {}) as {
    readonly statusCode?: unknown;
    readonly code?: unknown;
    readonly message?: unknown;
    readonly validation?: unknown;
    readonly validationContext?: unknown;
  };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined;
  const said = code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? 'The body is longer than 64 KiB.' : sentence(String(message));
  const where =
    validation && typeof validationContext === 'string' ? ` See the ${validationContext} of this route.` : '';
  return answerOf(statusCode, 'USAGE_INVALID', said, `\`/openapi.json\` says what is understood.${where}`);
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
