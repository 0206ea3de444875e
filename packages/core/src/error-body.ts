/** What a server said about a failure, unwrapped. */
export interface ServerReport {
  /** The innermost message; the bare text where the body is no JSON; empty where there is no body. */
  readonly message: string;
  readonly signinUrl?: string | undefined;
  /** Tokens of a prompt that was too long. */
  readonly needed?: number | undefined;
  /** Tokens of the window it did not fit. */
  readonly limit?: number | undefined;
}

/** Reads the body of a failed answer: JSON in any of Ollama's shapes, plain text, HTML, or nothing. */
export const readErrorBody = (body: string): ServerReport => withTokensFromText(unwrap(body.trim(), 0));

/** Reads the value of an `error` line. */
export function readErrorValue(line: object): ServerReport {
  return withTokensFromText(unwrapObject(line as Record<string, unknown>, 0) ?? { message: JSON.stringify(line) });
}

// The runner's own error reaches the client as JSON inside a string inside JSON.
const deepest = 5;

function unwrap(text: string, depth: number): ServerReport {
  if (!text.startsWith('{') || depth === deepest) return { message: text };
  try {
    return unwrapObject(JSON.parse(text) as Record<string, unknown>, depth) ?? { message: text };
  } catch {
    return { message: text };
  }
}

function unwrapObject(object: Record<string, unknown>, depth: number): ServerReport | undefined {
  const inner = object.error ?? object.message ?? object.detail;
  const report =
    typeof inner === 'string'
      ? unwrap(inner.trim(), depth + 1)
      : isObject(inner) && depth < deepest
        ? unwrapObject(inner, depth + 1)
        : undefined;
  if (report === undefined) return undefined;
  return {
    message: report.message,
    signinUrl: stringIn(object, 'signin_url') ?? report.signinUrl,
    needed: numberIn(object, 'n_prompt_tokens') ?? report.needed,
    limit: numberIn(object, 'n_ctx') ?? report.limit,
  };
}

function withTokensFromText(report: ServerReport): ServerReport {
  const found = /\((\d+) tokens\) exceeds the available context size \((\d+) tokens\)/.exec(report.message);
  if (found === null) return report;
  return { ...report, needed: report.needed ?? Number(found[1]), limit: report.limit ?? Number(found[2]) };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function stringIn(object: Record<string, unknown>, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberIn(object: Record<string, unknown>, key: string): number | undefined {
  const value = object[key];
  return typeof value === 'number' ? value : undefined;
}
