/**
 * What goes wrong with one request. `afterTokens` counts tokens already sent (0: after the headers of a stream,
 * before its first token); where it is absent the fault comes before any byte of the answer. An answer that does not
 * stream shows nothing before its end, so faults in its middle change what it ends with.
 */
export type Fault =
  /** Answers at once with a status. Default body: Ollama's own for 503, else a JSON error; see `nestedError`. */
  | {
      readonly kind: 'status';
      readonly status: number;
      /** A string goes out as it is (`''`: an empty body), anything else as JSON. */
      readonly body?: unknown;
      /** Default `application/json; charset=utf-8`, for a string `text/plain`, for an empty one none. */
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Resets the connection (RST); `afterBytes` counts bytes of a stream's body, at any byte boundary. */
  | { readonly kind: 'reset'; readonly afterTokens?: number; readonly afterBytes?: number }
  /** Closes the connection (FIN) in the middle of a stream, without its last HTTP chunk. */
  | { readonly kind: 'cut'; readonly afterTokens: number }
  /** An error as the last line of a stream (500 where it does not stream). Default: the runner was killed. */
  | { readonly kind: 'error-line'; readonly afterTokens: number; readonly message?: string }
  /** Says nothing, its slot held, for `ms`, then goes on; without `ms` until the client leaves. */
  | { readonly kind: 'stall'; readonly afterTokens?: number; readonly ms?: number }
  /** Ends in good order without the final message (`done: false` where it does not stream). */
  | { readonly kind: 'end-early'; readonly afterTokens: number }
  /** A line that is not JSON (default: half an object), then goes on; it is the whole body where it does not stream. */
  | { readonly kind: 'garbage'; readonly afterTokens: number; readonly line?: string }
  /** The body in HTTP chunks of so many bytes, each a packet of its own where there are milliseconds between. */
  | { readonly kind: 'chunks'; readonly bytes: number; readonly ms?: number }
  /** The bytes of the status line and headers, spread over `ms`; the connection closes after the answer. */
  | { readonly kind: 'slow-headers'; readonly ms: number }
  | { readonly kind: 'content-type'; readonly value: string }
  /** Sends the final message of a stream twice. */
  | { readonly kind: 'duplicate-final' }
  /** Generates one token that is nothing. */
  | { readonly kind: 'empty' }
  /** Stops with `done_reason: length` after so many tokens (default: half of them), whatever `num_predict` says. */
  | { readonly kind: 'length'; readonly afterTokens?: number };

/** A request, as the choice of a fault sees it. */
export interface FaultRequest {
  readonly method: string;
  readonly path: string;
  /** The parsed JSON; undefined where there was none. */
  readonly body: unknown;
}

/** The faults of one request; several may meet where they do not exclude each other. */
export type FaultChoice = Fault | readonly Fault[] | undefined;

/**
 * A function is asked for every request; `n` counts the earlier ones to the same path. Of a list, the n-th entry is
 * for the n-th request that generates, embeds or pulls; later ones are well.
 */
export type Faults = ((request: FaultRequest, n: number) => FaultChoice) | readonly FaultChoice[];

/** The error of a request whose body Ollama relays from its runner: JSON in a string in JSON. */
export function nestedError(code: number, message: string, more: Readonly<Record<string, unknown>> = {}): object {
  return { error: JSON.stringify({ error: { code, message, ...more } }) };
}

/** The first fault of a kind. */
export function findFault<Kind extends Fault['kind']>(
  faults: readonly Fault[],
  kind: Kind,
): Extract<Fault, { kind: Kind }> | undefined {
  return faults.find((one): one is Extract<Fault, { kind: Kind }> => one.kind === kind);
}

const worked = new Set(['/api/generate', '/api/chat', '/api/embed', '/api/pull']);
const none: readonly Fault[] = [];

/** Turns the given faults into a function that keeps the counts. */
export function createFaultChooser(faults: Faults | undefined): (request: FaultRequest) => readonly Fault[] {
  if (faults === undefined) return () => none;
  const counts = new Map<string, number>();
  return (request) => {
    const isList = typeof faults !== 'function';
    if (isList && !worked.has(request.path)) return none;
    const key = isList ? '' : request.path;
    const n = counts.get(key) ?? 0;
    counts.set(key, n + 1);
    const chosen = isList ? faults[n] : faults(request, n);
    return chosen === undefined ? none : [chosen].flat();
  };
}
