import type { Observable } from 'rxjs';
import type { Clocks } from '../clocks.ts';
import type { BlobProgress } from '../endpoints/blobs/blob-progress.ts';
import type { Blobs } from '../endpoints/blobs/blobs.ts';
import type { BlobSource, BlobUploadOptions } from '../endpoints/blobs/upload.ts';
import type { CreateProgress, CreateRequest } from '../endpoints/create.ts';
import type { PullProgress, PullRequest } from '../endpoints/pull.ts';
import type { Ollama } from '../ollama.ts';
import type { HealthOptions } from './health.ts';
import type { PoolPsResponse, PoolTagsResponse, PoolVersionResponse } from './lists-of-all.ts';
import type { OfOneHost } from './transfer-at-all.ts';

/** How a pool chooses among its hosts. */
export interface PoolOptions {
  /** Tokens that an answer is taken to have where `num_predict` is no limit. Default: 256. */
  readonly answerTokens?: number | undefined;
  /**
   * How much work the load of a model is taken to be, in tokens: a host that has it in memory gets so much more to do before
   * another loads it too. Default: 1024.
   */
  readonly loadTokens?: number | undefined;
  /** How old may be what is known of the models in memory; ten times as old what is known of those on the disk. Default: 30 s. */
  readonly refreshMs?: number | undefined;
  /** How long the first calls wait for hosts to say what they have. Default: 2 s. */
  readonly waitMs?: number | undefined;
  readonly health?: HealthOptions | undefined;
}

/** A host of a pool at one moment. */
export interface PoolHost {
  /** Its base URL. */
  readonly url: string;
  readonly isUp: boolean;
  readonly isDraining: boolean;
  /** Calls of the pool that are subscribed to. */
  readonly inFlight: number;
  /** What they measure. */
  readonly tokensInFlight: number;
  /** Full names of the models in memory, as far as is known. */
  readonly loaded: readonly string[];
  /** Full names of the models on the disk; undefined where that is not known. */
  readonly installed: readonly string[] | undefined;
}

/** Which host is meant: its base URL, or the very string or client that the pool was created with. */
export type HostReference = string | Ollama;

/** The files that models are made of, at all hosts. */
export interface PoolBlobs extends Blobs {
  upload(source: BlobSource, options?: BlobUploadOptions): Observable<OfOneHost<BlobProgress>>;
}

/** The endpoints of a pool, where they differ from those of a client. */
export interface PoolAnswers {
  tags(): Observable<PoolTagsResponse>;
  ps(): Observable<PoolPsResponse>;
  version(): Observable<PoolVersionResponse>;
  pull(request: PullRequest): Observable<OfOneHost<PullProgress>>;
  create(request: CreateRequest): Observable<OfOneHost<CreateProgress>>;
  readonly blobs: PoolBlobs;
}

/** The endpoints of a pool. */
export type PoolEndpoints = Omit<OllamaPool, 'baseUrl' | 'hosts' | 'at' | 'drain' | 'resume' | 'withClocks' | 'close'>;

/** Many hosts behind the interface of one. */
export interface OllamaPool extends Omit<Ollama, 'withClocks' | keyof PoolAnswers>, PoolAnswers {
  /** The hosts as they are now, in the order in which they were given. */
  readonly hosts: readonly PoolHost[];
  /**
   * A client whose calls go to this host and no other, through the books of the pool.
   *
   * @throws {MillraceError} `HOST_MISSING` for a host that is none of the pool's; so do `drain` and `resume`.
   */
  at(host: HostReference): Ollama;
  /** Gives the host no new calls, probes aside; settles when those in flight have ended. */
  drain(host: HostReference): Promise<void>;
  /** Gives a drained host calls again. */
  resume(host: HostReference): void;
  /** The same pool, books included, with other limits. */
  withClocks(clocks: Clocks): OllamaPool;
  /** Closes the clients of all hosts, those that were handed in too; every call fails from then on. */
  close(): void;
}
