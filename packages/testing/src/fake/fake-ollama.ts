import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback } from '../loopback-server.ts';
import { readBody } from '../read-body.ts';
import { type Answer, type AnswerFunction, defaultAnswer } from './answer.ts';
import { type FakeModel, fullName, installModel } from './fake-model.ts';
import { createFaultChooser, type Fault, type Faults, findFault } from './faults.ts';
import { parseKeepAlive } from './go-duration.ts';
import { timestamp } from './lines.ts';
import type { LoadOptions } from './load-options.ts';
import { isLocal } from './local-only.ts';
import type { PullableModel } from './pullable-model.ts';
import { createReply, type Reply } from './reply.ts';
import { createRequestLog, type FakeRequest, type OpenRequest, type RequestEvent } from './request-log.ts';
import { routes } from './routes/index.ts';
import { createScheduler } from './scheduler.ts';
import { sendStatus } from './send-status.ts';
import { createWaiters, type WaitOptions } from './waiters.ts';
import type { World } from './world.ts';

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

/** One load of a model. */
export interface FakeLoad {
  readonly model: string;
  readonly options: LoadOptions;
  /** True where it was loaded with other options until then. */
  readonly reload: boolean;
  /** Of `performance.now()`. */
  readonly at: number;
}

/** A running fake server. */
export interface FakeOllama {
  readonly url: string;
  readonly port: number;
  /** All requests in order of arrival; empty with `record: false`. */
  readonly requests: readonly FakeRequest[];
  /** Requests that came, kept or not. */
  readonly total: number;
  /** Requests whose answer is not over, on any path. */
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** Requests that hold a slot. */
  readonly running: number;
  readonly maxRunning: number;
  /** Requests waiting for a load, without the one being handled. */
  readonly queued: number;
  /** Requests whose client went before the answer was whole. */
  readonly aborted: number;
  readonly loads: readonly FakeLoad[];
  /** Names of models that were unloaded, in order. */
  readonly unloads: readonly string[];
  /** Names of the models that are loaded now. */
  readonly loaded: readonly string[];
  /**
   * Settles once the predicate holds, now or after an event.
   *
   * @throws {Error} After `timeoutMs` (default 5000), or when the server is closed before.
   */
  waitFor(predicate: (fake: FakeOllama) => boolean, options?: WaitOptions): Promise<void>;
  /** Ends all connections at once and frees the port. */
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1 that speaks and schedules like Ollama, and fails where it is told to. */
export async function startFakeOllama(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  const loads: FakeLoad[] = [];
  const unloads: string[] = [];
  const waiters = createWaiters();
  let maxRunning = 0;

  const log = createRequestLog({
    record: options.record ?? true,
    onEvent(request, event) {
      maxRunning = Math.max(maxRunning, scheduler.running);
      if (event === 'aborted') options.onAbort?.(request);
      options.onEvent?.(request, event);
      waiters.check();
    },
  });
  const scheduler = createScheduler({
    maxLoadedModels: options.maxLoadedModels ?? 3,
    maxQueue: options.maxQueue ?? 512,
    keepAliveMs: millisecondsOf(options.keepAlive ?? '5m'),
    onLoad(model, load, reload) {
      loads.push({ model: model.name, options: load, reload, at: performance.now() });
      waiters.check();
    },
    onChange: waiters.check,
    onUnload(model) {
      unloads.push(model.name);
      waiters.check();
    },
  });
  const world = createWorld(options, scheduler);
  const chooseFaults = createFaultChooser(options.faults);

  const { url, port, close } = await listenOnLoopback((incoming, response) => {
    const open = log.open(incoming.method ?? 'GET', pathOf(incoming));
    const aborted = () => open.event('aborted');
    response.once('close', aborted);
    readBody(incoming, (rawBody) => {
      response.off('close', aborted);
      serve(world, incoming, response, { open, rawBody, chooseFaults });
    });
  }, options.port);

  const fake: FakeOllama = {
    url,
    port,
    requests: log.requests,
    loads,
    unloads,
    get total() {
      return log.total;
    },
    get inFlight() {
      return log.inFlight;
    },
    get maxInFlight() {
      return log.maxInFlight;
    },
    get aborted() {
      return log.aborted;
    },
    get running() {
      return scheduler.running;
    },
    get maxRunning() {
      return maxRunning;
    },
    get queued() {
      return scheduler.queued;
    },
    get loaded() {
      return [...scheduler.runners.values()].map((runner) => runner.model.name);
    },
    waitFor: (predicate, wait) => waiters.waitFor(() => predicate(fake), { what: String(predicate), ...wait }),
    async close() {
      await close();
      scheduler.close();
      waiters.close();
    },
  };
  return fake;
}

interface Arrival {
  readonly open: OpenRequest;
  readonly rawBody: string;
  readonly chooseFaults: ReturnType<typeof createFaultChooser>;
}

function serve(
  world: World,
  incoming: IncomingMessage,
  response: ServerResponse,
  { open, rawBody, chooseFaults }: Arrival,
) {
  const { method, path } = open.request;
  const body = parseJson(rawBody);
  open.setBody(body);
  const faults = chooseFaults({ method, path, body });
  const reply = createReply(incoming, response, open, faults);
  if (!isLocal(incoming.headers)) return reply.plain(403, '');
  if (failAtOnce(reply, faults)) return;
  const methods = routes[path];
  const handler = methods?.[method];
  if (handler) handler(world, { rawBody, body, reply, faults, open });
  else if (methods)
    reply.plain(405, '405 method not allowed', 'text/plain', { allow: Object.keys(methods).join(', ') });
  else reply.plain(404, '404 page not found', 'text/plain');
}

/** The faults for which the request is not even looked at. */
function failAtOnce(reply: Reply, faults: readonly Fault[]): boolean {
  const status = findFault(faults, 'status');
  if (status) sendStatus(reply, status);
  else if (
    faults.some((fault) => fault.kind === 'reset' && fault.afterTokens === undefined && fault.afterBytes === undefined)
  )
    reply.reset();
  return reply.over;
}

function createWorld(options: FakeOllamaOptions, scheduler: World['scheduler']): World {
  const models: World['models'] = new Map();
  const defaults = { loadMs: options.loadMs ?? 0, slots: options.slots ?? 1 };
  const pullable = (options.pullable ?? []).map((one) => (typeof one === 'string' ? { name: one } : one));
  const add = (model: string | FakeModel, modifiedAt: string) => {
    const installed = installModel(model, defaults, modifiedAt);
    models.set(installed.name.toLowerCase(), installed);
  };
  for (const model of options.models ?? ['gemma3:270m']) add(model, timestamp(Date.UTC(2026, 0, 1)));
  return {
    version: options.version ?? '0.32.15',
    models,
    pullable,
    scheduler,
    answer: options.answer ?? ((request) => builtInAnswer(request, options.answerTokens, models)),
    tokenMs: options.tokenMs ?? 0,
    promptTokensPerMs: options.promptTokensPerMs ?? Number.POSITIVE_INFINITY,
    prefixCache: options.prefixCache ?? true,
    install: (name) => {
      const wanted = fullName(name).toLowerCase();
      if (!models.has(wanted))
        add(pullable.find((one) => fullName(one.name).toLowerCase() === wanted) ?? name, timestamp());
    },
  };
}

function builtInAnswer(
  request: Parameters<AnswerFunction>[0],
  answerTokens: number | undefined,
  models: World['models'],
): Answer {
  const model = models.get(fullName(request.model).toLowerCase());
  const thinks = model?.capabilities.includes('thinking') && (request.kind === 'chat' || !request.body.format);
  return { text: defaultAnswer(request, answerTokens), ...(thinks ? { thinking: 'Let me think about that.' } : {}) };
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the route says what is wrong with it
  }
}

function millisecondsOf(keepAlive: string | number): number {
  const parsed = parseKeepAlive(keepAlive);
  if ('error' in parsed) throw new RangeError(`keepAlive: ${parsed.error}`);
  return parsed.ms;
}
