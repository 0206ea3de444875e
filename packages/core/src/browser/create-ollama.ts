import { MillraceError } from '@millrace/errors';
import { parseBaseUrl } from '../base-url.ts';
import { type ClockLimits, type Clocks, clockLimits } from '../clocks.ts';
import { defaultMaxLineBytes } from '../ndjson.ts';
import { clientOf, type Ollama } from '../ollama.ts';
import { createServer } from '../server.ts';
import { byteSource } from './byte-source.ts';
import { pageOrigin } from './fetch-errors.ts';
import { createFetchExchange } from './fetch-exchange.ts';
import { image } from './image.ts';

/** Where the server is, and how it is talked to. Proxies and certificates are the browser's own affair. */
export interface OllamaOptions {
  /**
   * With scheme, or a path of the page's own server (`/ollama`); a path in it is kept as a prefix. Default:
   * `http://127.0.0.1:11434`.
   */
  readonly baseUrl?: string | undefined;
  /**
   * Sent with every request; they win over the client's own. Ollama lets pages send `authorization` and few others, and
   * some no page may send.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * When a connection opens, a browser tells nobody: `firstByteMs` begins with subscribing, and there is no `connectMs`.
   * Of a blob that is sent, only `totalMs` limits the time until the answer begins.
   */
  readonly clocks?: Omit<Clocks, 'connectMs'> | undefined;
  /** Longest line of a stream, and longest answer of one object. Default: 64 MiB. */
  readonly maxLineBytes?: number | undefined;
}

/**
 * Creates a client over `fetch`. It connects at the first subscription.
 *
 * @throws {MillraceError} `OLLAMA_UNREACHABLE`, not retryable, for a `baseUrl` that is no http or https URL, and for
 *   `proxy` or `tls`, which a browser has no way to obey.
 */
export function createOllama(options: OllamaOptions = {}): Ollama {
  for (const name of ['proxy', 'tls']) if (isGiven(options, name)) throw notInBrowsers(name);
  const base = parseBaseUrl(absolute(options.baseUrl ?? 'http://127.0.0.1:11434'));
  const headers = options.headers ?? {};
  const maxLineBytes = options.maxLineBytes ?? defaultMaxLineBytes;
  const running = new Set<AbortController>();
  const withLimits = (limits: ClockLimits): Ollama => {
    const { exchange, close } = createFetchExchange({ base, headers, limits }, running);
    const withClocks = (clocks: Clocks): Ollama => withLimits(clockLimits(clocks, limits));
    return clientOf(createServer(exchange, base, maxLineBytes), { image, byteSource }, base, { withClocks, close });
  };
  return withLimits(clockLimits(options.clocks));
}

const isGiven = (options: object, name: string): boolean =>
  (options as Readonly<Record<string, unknown>>)[name] !== undefined;

function absolute(url: string): string {
  const origin = url.startsWith('/') ? pageOrigin() : undefined;
  return origin === undefined ? url : new URL(url, origin).href;
}

function notInBrowsers(option: string): MillraceError {
  return new MillraceError('OLLAMA_UNREACHABLE', `\`${option}\` is no option in a browser.`, {
    hint: 'Leave it out: the browser has its own settings for proxies and certificates.',
    retry: null,
  });
}
