import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { Observable } from 'rxjs';
import { parseBaseUrl } from './base-url.ts';
import { type Clocks, clockLimits } from './clocks.ts';
import { type ChatMessage, type ChatRequest, chat } from './endpoints/chat.ts';
import { type EmbedRequest, type EmbedResponse, embed } from './endpoints/embed.ts';
import { type GenerateMessage, type GenerateRequest, generate } from './endpoints/generate.ts';
import { type PsResponse, ps } from './endpoints/ps.ts';
import { type PullProgress, type PullRequest, pull } from './endpoints/pull.ts';
import { type ShowRequest, type ShowResponse, show } from './endpoints/show.ts';
import { type TagsResponse, tags } from './endpoints/tags.ts';
import { type VersionResponse, version } from './endpoints/version.ts';
import { createExchange } from './exchange.ts';
import { defaultMaxLineBytes } from './ndjson.ts';
import { createServer } from './server.ts';

/** Where the server is, and how it is talked to. */
export interface OllamaOptions {
  /** With scheme; a path in it is kept as a prefix. Default: `http://127.0.0.1:11434`. */
  readonly baseUrl?: string | undefined;
  /** Sent with every request, such as `authorization`; they win over the client's own. Never sent to another host. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly clocks?: Clocks | undefined;
  /** Longest line of a stream, and longest answer of one object. Default: 64 MiB. */
  readonly maxLineBytes?: number | undefined;
}

/** Every endpoint as a function from a request to a cold observable. */
export interface Ollama {
  /** Without credentials and trailing slash. */
  readonly baseUrl: string;
  generate(request: GenerateRequest): Observable<GenerateMessage>;
  chat(request: ChatRequest): Observable<ChatMessage>;
  embed(request: EmbedRequest): Observable<EmbedResponse>;
  tags(): Observable<TagsResponse>;
  ps(): Observable<PsResponse>;
  show(request: ShowRequest): Observable<ShowResponse>;
  pull(request: PullRequest): Observable<PullProgress>;
  version(): Observable<VersionResponse>;
  /**
   * Closes every connection, idle or not; calls that are still subscribed to fail. Not needed to let a process end: idle
   * connections do not keep it alive.
   */
  close(): void;
}

/**
 * Creates a client. It holds nothing but kept connections, and connects at the first subscription.
 *
 * @throws {MillraceError} `OLLAMA_UNREACHABLE`, not retryable, for a `baseUrl` that is no http or https URL.
 */
export function createOllama(options: OllamaOptions = {}): Ollama {
  const base = parseBaseUrl(options.baseUrl ?? 'http://127.0.0.1:11434');
  const agent = new (base.protocol === 'https:' ? TlsAgent : Agent)({ keepAlive: true });
  const exchange = createExchange({ base, headers: options.headers ?? {}, limits: clockLimits(options.clocks), agent });
  const server = createServer(exchange, base, options.maxLineBytes ?? defaultMaxLineBytes);
  return {
    baseUrl: base.origin + base.pathname.replace(/\/+$/, ''),
    generate: generate(server),
    chat: chat(server),
    embed: embed(server),
    tags: tags(server),
    ps: ps(server),
    show: show(server),
    pull: pull(server),
    version: version(server),
    close: () => agent.destroy(),
  };
}
