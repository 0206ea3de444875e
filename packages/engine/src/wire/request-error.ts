/** Details that llama-server adds to some of its errors. */
export type RunnerErrorDetails = Readonly<Record<string, number>>;

/** A request that is answered with an error, in the words of an Ollama server. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** An error of the runner behind the server: from 0.30 on it arrives as a JSON document inside the message. */
export function runnerError(
  message: string,
  type = 'invalid_request_error',
  details: RunnerErrorDetails = {},
): RequestError {
  return new RequestError(400, JSON.stringify({ error: { code: 400, message, type, ...details } }));
}
