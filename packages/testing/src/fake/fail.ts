/** An answer other than the one asked for: a status and Ollama's words. */
export interface Failure {
  readonly status: number;
  readonly error: string;
}

/** Makes a failure. */
export function fail(status: number, error: string): Failure {
  return { status, error };
}

/** A 400 of the runner, handed on as JSON in a string. */
export function relayed(message: string, type: string, more: Readonly<Record<string, unknown>> = {}): Failure {
  return fail(400, JSON.stringify({ error: { code: 400, message, type, ...more } }));
}

/** The texts of a real 0.32 server. */
export const failures = {
  noBody: fail(400, 'missing request body'),
  noModel: fail(400, 'model is required'),
  badName: fail(400, 'invalid model name'),
  busy: fail(503, 'server busy, please try again.  maximum pending requests exceeded'),
  notFound: (name: string) => fail(404, `model '${name}' not found`),
  notFoundTryPull: (name: string) => fail(404, `model "${name}" not found, try pulling it first`),
  cannot: (name: string, capability: string) => fail(400, `${name} does not support ${capability}`),
  noEmbeddings: fail(501, 'This server does not support embeddings. Start it with `--embeddings`'),
  badInput: fail(400, 'invalid input type'),
  inputTooLong: fail(400, 'the input length exceeds the context length'),
  promptTooLong: fail(
    400,
    'the prompt is longer than the context length currently available to the model; the prompt cannot be truncated because context shift is disabled',
  ),
  rawWithMore: fail(400, 'raw mode does not support template, system, or context'),
  badTopLogprobs: fail(400, 'top_logprobs must be between 0 and 20'),
  badBase64: fail(400, 'illegal base64 data at input byte 0'),
  noVision: relayed(
    'Multimodal data provided, but model does not support multimodal requests.',
    'invalid_request_error',
  ),
  argumentsNoObject: fail(400, "Value looks like object, but can't find closing '}' symbol"),
  runnerDied: 'an error was encountered while running the model: unexpected EOF',
} as const;

/** A prompt that does not fit and may not be cut: the runner's own error, JSON in a string. */
export function contextExceeded(needed: number, limit: number): Failure {
  const message = `request (${needed} tokens) exceeds the available context size (${limit} tokens), try increasing it`;
  return relayed(message, 'exceed_context_size_error', { n_prompt_tokens: needed, n_ctx: limit });
}
