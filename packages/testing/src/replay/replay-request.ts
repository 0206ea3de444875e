import type { IncomingMessage } from 'node:http';

/** A request that reached the replay server. */
export interface ReplayRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** The parsed JSON; undefined where there was none. */
  readonly body: unknown;
  readonly rawBody: string;
  /** The transcript that answered; null where none fitted. */
  readonly transcript: string | null;
}

/** Parses JSON, or gives undefined: a body may rightly be something else. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A field of a value that may be no object. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
