export type { TlsOptions } from './agent.ts';
export { type Answer, type AnswerOptions, answer } from './answer.ts';
export { type ClockLimits, type Clocks, defaultClocks } from './clocks.ts';
export { createOllama, type OllamaOptions } from './create-ollama.ts';
export type { BlobProgress } from './endpoints/blobs/blob-progress.ts';
export type { Blobs } from './endpoints/blobs/blobs.ts';
export type { BlobSource, BlobUploadOptions } from './endpoints/blobs/upload.ts';
export type { ChatMessage, ChatRequest, ChatTurn } from './endpoints/chat.ts';
export type { CopyRequest } from './endpoints/copy.ts';
export type { BlobFiles, CreateProgress, CreateRequest } from './endpoints/create.ts';
export type { DeleteRequest } from './endpoints/delete.ts';
export type { EmbedRequest, EmbedResponse } from './endpoints/embed.ts';
export type { EmbeddingsRequest, EmbeddingsResponse } from './endpoints/embeddings.ts';
export type { GenerateMessage, GenerateRequest } from './endpoints/generate.ts';
export type { HeadPath } from './endpoints/head.ts';
export type { MeResponse } from './endpoints/me.ts';
export type { ModelRecommendation, ModelRecommendationsResponse } from './endpoints/model-recommendations.ts';
export type { LoadedModel, PsResponse } from './endpoints/ps.ts';
export type { PullProgress, PullRequest } from './endpoints/pull.ts';
export type { PushProgress, PushRequest } from './endpoints/push.ts';
export type { ShowRequest, ShowResponse, Tensor } from './endpoints/show.ts';
export type { SignoutRequest } from './endpoints/signout.ts';
export type { StatusResponse } from './endpoints/status.ts';
export type { InstalledModel, TagsResponse } from './endpoints/tags.ts';
export type { VersionResponse } from './endpoints/version.ts';
export type { WebFetchRequest, WebFetchResponse } from './endpoints/web-fetch.ts';
export type { WebSearchRequest, WebSearchResponse, WebSearchResult } from './endpoints/web-search.ts';
export { hostUrl } from './host-url.ts';
export { image } from './image.ts';
export type { ImageFile, ImageSource } from './image-source.ts';
export type { InferenceMessage } from './inference-message.ts';
export type { Format, InferenceRequest, KeepAlive, Think } from './inference-request.ts';
export { type JsonCheck, json } from './json.ts';
export type { Logprob, TokenLogprob } from './logprob.ts';
export type { AnswerMessage } from './message-parts.ts';
export { type MessageOrigin, type MessageShape, messages } from './messages.ts';
export type { ModelDetails } from './model-details.ts';
export type { ModelOptions } from './model-options.ts';
export type { ModelReference } from './model-reference.ts';
export { type NdjsonOptions, ndjson } from './ndjson.ts';
export type { Ollama } from './ollama.ts';
export { type Environment, optionsFrom } from './options-from.ts';
export { createPool } from './pool/create-pool.ts';
export { createHealth, type Health, type HealthOptions } from './pool/health.ts';
export type {
  MissingHost,
  OfAllHosts,
  OfHost,
  PoolPsResponse,
  PoolTagsResponse,
  PoolVersionResponse,
} from './pool/lists-of-all.ts';
export type { HostReference, OllamaPool, PoolBlobs, PoolHost, PoolOptions } from './pool/ollama-pool.ts';
export type { ProbePace } from './pool/probe-delay.ts';
export type { OfOneHost } from './pool/transfer-at-all.ts';
export { type ServerErrorKind, type ServerErrorKindInfo, serverErrorKinds } from './server-error-kinds.ts';
export { type ServerErrorPattern, serverErrorTable } from './server-error-table.ts';
export type { StoredTurn } from './stored-turn.ts';
export { text } from './text.ts';
export type { Tool, ToolCall, ToolParameters, ToolProperty } from './tool.ts';
export { type Transfer, type TransferOptions, transfer } from './transfer.ts';
export type { TransferProgress } from './transfer-progress.ts';
export type { Usage } from './usage.ts';
