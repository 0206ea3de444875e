/** The last text of a model that an error, or one of its causes, has kept. By its shape: it may come from another copy of the errors. */
export function lastAnswerOf(error: unknown, depth = 5): string | undefined {
  if (typeof error !== 'object' || error === null || depth === 0) return undefined;
  const { details, cause } = error as {
    readonly details?: { readonly partial?: { readonly text?: unknown } };
    readonly cause?: unknown;
  };
  const text = details?.partial?.text;
  return typeof text === 'string' ? text : lastAnswerOf(cause, depth - 1);
}

/** How often the call was made that failed; undefined where none was. By its shape, too. */
export function attemptsOf(error: unknown): number | undefined {
  const { attempts } = (error ?? {}) as { readonly attempts?: unknown };
  return typeof attempts === 'number' && attempts > 0 ? attempts : undefined;
}
