import { isQuestion } from './is-question.ts';

/** The steps of a request's life: it holds a slot, its answer begins, is whole, or its client left before. */
export type RequestEvent = 'started' | 'firstByte' | 'ended' | 'aborted';

/** What is known of a request that came. */
export interface FakeRequest {
  readonly id: number;
  readonly method: string;
  readonly path: string;
  /** The parsed JSON; undefined where there was none. */
  readonly body: unknown;
  /** Of `performance.now()`, when its headers had come. */
  readonly startedAt: number;
  /** In order, `at` of `performance.now()`; `ended` also where a fault broke the answer off. */
  readonly events: readonly { readonly type: RequestEvent; readonly at: number }[];
  /** Undefined as long as no answer has begun, and where the connection was reset instead. */
  readonly status: number | undefined;
  /** Tokens of its prompt that were left out in silence, since they did not fit the window. */
  readonly tokensCut: number;
}

/** A request as its handler knows it. */
export interface OpenRequest {
  readonly request: FakeRequest;
  setBody(body: unknown): void;
  setStatus(status: number): void;
  setTokensCut(tokens: number): void;
  event(type: RequestEvent): void;
}

/** Counts requests, and keeps them where it is told to. */
export interface RequestLog {
  readonly requests: readonly FakeRequest[];
  /** Requests that came, kept or not. */
  readonly total: number;
  /** Those of them that asked a model for an answer. */
  readonly asked: number;
  /** Requests whose answer is not over. */
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** The most questions at once. */
  readonly maxAsked: number;
  readonly aborted: number;
  open(method: string, path: string): OpenRequest;
}

/** Where the log tells what happened. */
export interface RequestLogOptions {
  /** False keeps no request, only the counts. */
  readonly record: boolean;
  readonly onEvent: (request: FakeRequest, type: RequestEvent | 'arrived') => void;
}

/** Starts an empty log. */
export function createRequestLog({ record, onEvent }: RequestLogOptions): RequestLog {
  const requests: FakeRequest[] = [];
  const counts = { total: 0, asked: 0, askedNow: 0, maxAsked: 0, inFlight: 0, maxInFlight: 0, aborted: 0 };

  function open(method: string, path: string): OpenRequest {
    const events: { type: RequestEvent; at: number }[] = [];
    const request = {
      id: counts.total,
      method,
      path,
      body: undefined as unknown,
      startedAt: performance.now(),
      events,
      status: undefined as number | undefined,
      tokensCut: 0,
    };
    counts.total += 1;
    counts.inFlight += 1;
    counts.maxInFlight = Math.max(counts.maxInFlight, counts.inFlight);
    if (record) requests.push(request);
    return {
      request,
      setBody(body) {
        request.body = body;
        if (isQuestion(request)) {
          counts.asked += 1;
          counts.askedNow += 1;
          counts.maxAsked = Math.max(counts.maxAsked, counts.askedNow);
        }
        onEvent(request, 'arrived');
      },
      setStatus(status) {
        request.status = status;
      },
      setTokensCut(tokens) {
        request.tokensCut = tokens;
      },
      event(type) {
        events.push({ type, at: performance.now() });
        if (type === 'ended' || type === 'aborted') {
          counts.inFlight -= 1;
          if (isQuestion(request)) counts.askedNow -= 1;
        }
        if (type === 'aborted') counts.aborted += 1;
        onEvent(request, type);
      },
    };
  }

  return {
    requests,
    open,
    get total() {
      return counts.total;
    },
    get asked() {
      return counts.asked;
    },
    get inFlight() {
      return counts.inFlight;
    },
    get maxInFlight() {
      return counts.maxInFlight;
    },
    get maxAsked() {
      return counts.maxAsked;
    },
    get aborted() {
      return counts.aborted;
    },
  };
}
