/** The two recorded servers; `0.24` is the last with the in-tree runner, `0.32` runs llama-server. */
export type RecordedServer = '0.24' | '0.32';

/** A recorded request. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** Headers that mattered; others were not kept. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The JSON sent; null or absent where the request had no body, or one that was no JSON (`rawBody`). */
  readonly body?: unknown;
  /** The exact text sent where it was no JSON. */
  readonly rawBody?: string;
}

/** A recorded answer; `bytesOf` gives its body. */
export interface RecordedResponse {
  readonly status: number;
  /** Names in lower case, in the order of the wire; `date` was left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body split at `\n`. */
  readonly lines: readonly string[];
  readonly finalNewline: boolean;
  /** `complete`, or how the connection broke. */
  readonly ended: string;
  readonly chunkCount?: number;
  /** Sizes of the HTTP chunks; may add up to a few bytes more than the body, where paths in it were replaced. */
  readonly chunkBytes?: readonly number[];
  /** Seconds from the request to each chunk. */
  readonly chunkSeconds?: readonly number[];
}

/** One exchange with a real Ollama server. */
export interface Transcript {
  readonly name: string;
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
  /** For instance `ollama v0.32.15`. */
  readonly server: string;
  readonly note?: string;
}

/** The bytes of the recorded body, without HTTP framing; empty for HEAD and for empty bodies. */
export function bytesOf({ response }: Transcript): Buffer {
  return Buffer.from(response.lines.join('\n') + (response.finalNewline ? '\n' : ''), 'utf8');
}
