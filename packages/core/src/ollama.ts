import type { Observable } from 'rxjs';
import { createAgent, type TlsOptions } from './agent.ts';
import { parseBaseUrl } from './base-url.ts';
import { type Clocks, clockLimits } from './clocks.ts';
import { type Blobs, blobs } from './endpoints/blobs/blobs.ts';
import { type ChatMessage, type ChatRequest, chat } from './endpoints/chat.ts';
import { type CopyRequest, copy } from './endpoints/copy.ts';
import { type CreateProgress, type CreateRequest, create } from './endpoints/create.ts';
import { type DeleteRequest, deleteModel } from './endpoints/delete.ts';
import { type EmbedRequest, type EmbedResponse, embed } from './endpoints/embed.ts';
import { type EmbeddingsRequest, type EmbeddingsResponse, embeddings } from './endpoints/embeddings.ts';
import { type GenerateMessage, type GenerateRequest, generate } from './endpoints/generate.ts';
import { type HeadPath, head } from './endpoints/head.ts';
import { type MeResponse, me } from './endpoints/me.ts';
import { type ModelRecommendationsResponse, modelRecommendations } from './endpoints/model-recommendations.ts';
import { ping } from './endpoints/ping.ts';
import { type PsResponse, ps } from './endpoints/ps.ts';
import { type PullProgress, type PullRequest, pull } from './endpoints/pull.ts';
import { type PushProgress, type PushRequest, push } from './endpoints/push.ts';
import { type ShowRequest, type ShowResponse, show } from './endpoints/show.ts';
import { type SignoutRequest, signout } from './endpoints/signout.ts';
import { type StatusResponse, status } from './endpoints/status.ts';
import { type TagsResponse, tags } from './endpoints/tags.ts';
import { type VersionResponse, version } from './endpoints/version.ts';
import { type WebFetchRequest, type WebFetchResponse, webFetch } from './endpoints/web-fetch.ts';
import { type WebSearchRequest, type WebSearchResponse, webSearch } from './endpoints/web-search.ts';
import { createExchange } from './exchange.ts';
import { defaultMaxLineBytes } from './ndjson.ts';
import { parseProxyUrl } from './proxy-url.ts';
import { createServer } from './server.ts';

/** Where the server is, and how it is talked to. */
export interface OllamaOptions {
  /** With scheme; a path in it is kept as a prefix. Default: `http://127.0.0.1:11434`. */
  readonly baseUrl?: string | undefined;
  /** Sent with every request, such as `authorization`; they win over the client's own. Never sent to another host. */
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

/** Every endpoint as a function from a request to a cold observable. */
export interface Ollama {
  /** Without credentials and trailing slash. */
  readonly baseUrl: string;
  generate(request: GenerateRequest): Observable<GenerateMessage>;
  chat(request: ChatRequest): Observable<ChatMessage>;
  embed(request: EmbedRequest): Observable<EmbedResponse>;
  /** @deprecated by Ollama: use `embed`. */
  embeddings(request: EmbeddingsRequest): Observable<EmbeddingsResponse>;
  tags(): Observable<TagsResponse>;
  ps(): Observable<PsResponse>;
  show(request: ShowRequest): Observable<ShowResponse>;
  pull(request: PullRequest): Observable<PullProgress>;
  push(request: PushRequest): Observable<PushProgress>;
  create(request: CreateRequest): Observable<CreateProgress>;
  copy(request: CopyRequest): Observable<undefined>;
  delete(request: DeleteRequest): Observable<undefined>;
  readonly blobs: Blobs;
  ping(): Observable<string>;
  head(path?: HeadPath): Observable<undefined>;
  version(): Observable<VersionResponse>;
  status(): Observable<StatusResponse>;
  me(): Observable<MeResponse>;
  signout(request?: SignoutRequest): Observable<undefined>;
  webSearch(request: WebSearchRequest): Observable<WebSearchResponse>;
  webFetch(request: WebFetchRequest): Observable<WebFetchResponse>;
  modelRecommendations(): Observable<ModelRecommendationsResponse>;
  /**
   * Closes every connection, idle or not; calls that are still subscribed to fail. Not needed to let a process end: idle
   * connections do not keep it alive.
   */
  close(): void;
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
  const exchange = createExchange({ base, headers, limits: clockLimits(options.clocks), agent, absoluteForm });
  const server = createServer(exchange, base, options.maxLineBytes ?? defaultMaxLineBytes);
  return {
    baseUrl: base.origin + base.pathname.replace(/\/+$/, ''),
    generate: generate(server),
    chat: chat(server),
    embed: embed(server),
    embeddings: embeddings(server),
    tags: tags(server),
    ps: ps(server),
    show: show(server),
    pull: pull(server),
    push: push(server),
    create: create(server),
    copy: copy(server),
    delete: deleteModel(server),
    blobs: blobs(server),
    ping: ping(server),
    head: head(server),
    version: version(server),
    status: status(server),
    me: me(server),
    signout: signout(server),
    webSearch: webSearch(server),
    webFetch: webFetch(server),
    modelRecommendations: modelRecommendations(server),
    close: () => agent.destroy(),
  };
}
