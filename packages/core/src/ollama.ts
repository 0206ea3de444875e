import type { Observable } from 'rxjs';
import type { Clocks } from './clocks.ts';
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
import type { Platform } from './platform.ts';
import type { Server } from './server.ts';

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
   * The same client, connections included, with other limits; what `clocks` leaves out stays as it is. Keep it where many calls
   * have the same limits: the calls of one share a timer.
   */
  withClocks(clocks: Clocks): Ollama;
  /**
   * Closes every connection, idle or not; calls that are still subscribed to fail. Not needed to let a process end: idle
   * connections do not keep it alive.
   */
  close(): void;
}

/** Puts the endpoints of a server into a client. */
export function clientOf(
  server: Server,
  platform: Platform,
  base: URL,
  { withClocks, close }: Pick<Ollama, 'withClocks' | 'close'>,
): Ollama {
  return {
    baseUrl: base.origin + base.pathname.replace(/\/+$/, ''),
    generate: generate(server, platform),
    chat: chat(server, platform),
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
    blobs: blobs(server, platform),
    ping: ping(server),
    head: head(server),
    version: version(server),
    status: status(server),
    me: me(server),
    signout: signout(server),
    webSearch: webSearch(server),
    webFetch: webFetch(server),
    modelRecommendations: modelRecommendations(server),
    withClocks,
    close,
  };
}
