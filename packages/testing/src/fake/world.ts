import type { AnswerFunction } from './answer.ts';
import type { Body } from './check-request.ts';
import type { InstalledModel } from './fake-model.ts';
import { fullName } from './fake-model.ts';
import type { Fault } from './faults.ts';
import type { PullableModel } from './pullable-model.ts';
import type { Reply } from './reply.ts';
import type { OpenRequest } from './request-log.ts';
import type { Scheduler } from './scheduler.ts';

/** What every route of one fake server shares. */
export interface World {
  readonly version: string;
  /** By full name in lower case. */
  readonly models: Map<string, InstalledModel>;
  readonly pullable: readonly PullableModel[];
  readonly scheduler: Scheduler;
  readonly answer: AnswerFunction;
  readonly tokenMs: number;
  /** Infinity: prompts cost nothing. */
  readonly promptTokensPerMs: number;
  readonly prefixCache: boolean;
  readonly install: (name: string) => void;
}

/** A request that has been read, and the means to answer it. */
export interface Exchange {
  readonly rawBody: string;
  /** Undefined where the body was no JSON. */
  readonly body: unknown;
  readonly reply: Reply;
  readonly faults: readonly Fault[];
  readonly open: OpenRequest;
}

/** Answers the requests of one route. */
export type Handler = (world: World, exchange: Exchange) => void;

/** An installed model by the name in a request, case and a missing tag aside. */
export function findModel({ models }: World, name: unknown): InstalledModel | undefined {
  return typeof name === 'string' ? models.get(fullName(name).toLowerCase()) : undefined;
}

/** The `options` of a checked request. */
export function optionsOf(body: Body): Body {
  return (body.options ?? {}) as Body;
}
