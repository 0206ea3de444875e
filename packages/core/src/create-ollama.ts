import { createAgent, type TlsOptions } from './agent.ts';
import { background, type WithBackground } from './background.ts';
import { parseBaseUrl } from './base-url.ts';
import { type ClockLimits, type Clocks, clockLimits } from './clocks.ts';
import { createExchange } from './exchange.ts';
import { byteSource } from './file-bytes.ts';
import { image } from './image.ts';
import { defaultMaxLineBytes } from './ndjson.ts';
import { clientOf, type Ollama } from './ollama.ts';
import { parseProxyUrl } from './proxy-url.ts';
import { createServer } from './server.ts';

/** Where the server is, and how it is talked to. */
export interface OllamaOptions {
  /** With scheme; a path in it is kept as a prefix. Default: `http://127.0.0.1:11434`. */
  readonly baseUrl?: string | undefined;
  /**
   * Sent with every request, such as `authorization`; they win over the client's own. Never sent to another host. Values are
   * Latin-1, as HTTP has them: with any other, each call is `BAD_REQUEST`.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * A http or https proxy, with name and password in its URL where it wants them. A https server is reached through a
   * tunnel (CONNECT), so that the proxy sees nothing but its name. Default: none; `optionsFrom` reads it.
   */
  readonly proxy?: string | undefined;
  /** For a https server: an own CA, a certificate of the client, …. */
  readonly tls?: TlsOptions | undefined;
  readonly clocks?: Clocks | undefined;
  /** Longest line of a stream, and longest answer of one object. Default: 64 MiB. */
  readonly maxLineBytes?: number | undefined;
}

/**
 * Creates a client. It holds nothing but kept connections, and connects at the first subscription.
 *
 * @throws {MillraceError} `OLLAMA_UNREACHABLE`, not retryable, for a `baseUrl` or `proxy` that is no http or https URL.
 */
export function createOllama(options: OllamaOptions = {}): Ollama {
  const base = parseBaseUrl(options.baseUrl ?? 'http://127.0.0.1:11434');
  const proxy = options.proxy === undefined ? undefined : parseProxyUrl(options.proxy);
  const agent = createAgent(base, proxy, options.tls ?? {});
  const absoluteForm = proxy !== undefined && base.protocol === 'http:';
  const forProxy = absoluteForm && proxy.authorization ? { 'proxy-authorization': proxy.authorization } : {};
  const headers = { ...forProxy, ...options.headers };
  const maxLineBytes = options.maxLineBytes ?? defaultMaxLineBytes;
  let closings = 0;
  const close = (): void => {
    closings += 1;
    agent.destroy();
  };
  const withLimits = (limits: ClockLimits, unref = false): Ollama & WithBackground => {
    const exchange = createExchange({ base, headers, limits, agent, absoluteForm, unref, closings: () => closings });
    const withClocks = (clocks: Clocks): Ollama => withLimits(clockLimits(clocks, limits), unref);
    const client = clientOf(createServer(exchange, base, maxLineBytes), { image, byteSource }, base, {
      withClocks,
      close,
    });
    return Object.assign(client, { [background]: () => withLimits(limits, true) });
  };
  return withLimits(clockLimits(options.clocks));
}
