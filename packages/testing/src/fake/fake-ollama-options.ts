import type { AnswerFunction } from './answer.ts';
import type { FakeModel } from './fake-model.ts';
import type { Faults } from './faults.ts';
import type { PullableModel } from './pullable-model.ts';
import type { FakeRequest, RequestEvent } from './request-log.ts';

/** How a fake server behaves; everything has a default. */
export interface FakeOllamaOptions {
  /** Installed models; a bare name is a text model. Default `['gemma3:270m']`. */
  readonly models?: readonly (string | FakeModel)[];
  /** Models that `/api/pull` finds. */
  readonly pullable?: readonly (string | PullableModel)[];
  /** Default `0.32.15`. */
  readonly version?: string;
  /** OLLAMA_NUM_PARALLEL. Default 1. */
  readonly slots?: number;
  /** OLLAMA_MAX_LOADED_MODELS. Default 3. */
  readonly maxLoadedModels?: number;
  /** OLLAMA_MAX_QUEUE. Default 512. */
  readonly maxQueue?: number;
  /** OLLAMA_KEEP_ALIVE: seconds or a Go duration. Default `5m`. */
  readonly keepAlive?: string | number;
  /** Milliseconds a load takes. Default 0. */
  readonly loadMs?: number;
  /** Milliseconds a generated token takes. Default 0: the whole answer at once. */
  readonly tokenMs?: number;
  /** Speed of reading prompts, also for embedding. Default: they cost nothing. */
  readonly promptTokensPerMs?: number;
  /** Whether the part of a prompt that a slot has just read costs nothing. Default true. */
  readonly prefixCache?: boolean;
  /** What the models say; default: `defaultAnswer`, see the README. */
  readonly answer?: AnswerFunction;
  /** Length of the default answer in tokens, `format` aside. */
  readonly answerTokens?: number;
  readonly faults?: Faults;
  /** False keeps no requests, for benchmarks: the counts stay. Default true. */
  readonly record?: boolean;
  /** A client has gone before its answer was whole. */
  readonly onAbort?: (request: FakeRequest) => void;
  /** Anything has happened to a request; `arrived` once its body is read. */
  readonly onEvent?: (request: FakeRequest, event: RequestEvent | 'arrived') => void;
  /** Default 0: a free one. */
  readonly port?: number;
}
