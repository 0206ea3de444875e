import type { Fault, FaultChoice, FaultRequest } from './faults.ts';
import { hashOf, randomFrom } from './seeded.ts';

/** How often each thing goes wrong, as shares of the requests that generate or embed; together at most 1. */
export interface RandomFaultRates {
  /** The same seed gives the same faults for the same requests, in whatever order they come. */
  readonly seed: number;
  readonly rate503?: number;
  /** A reset before the headers. */
  readonly rateReset?: number;
  /** An error line, a reset or a cut after one to four tokens. */
  readonly rateMidstream?: number;
  /** A stall of `stallMs` before or within the answer. */
  readonly rateStall?: number;
  /** Default 1000. */
  readonly stallMs?: number;
  /** Ends without the final message. */
  readonly rateEndEarly?: number;
  readonly rateGarbage?: number;
  readonly rateEmpty?: number;
  /** Faults of the same request (same path and body) at most; default 1: its first retry is well. */
  readonly perRequest?: number;
}

/**
 * Faults by chance, but repeatable: each is drawn from the seed, the request's path and body, and how often that same
 * request has come, so that concurrency changes nothing.
 */
export function randomFaults(rates: RandomFaultRates): (request: FaultRequest) => FaultChoice {
  const seen = new Map<string, number>();
  return (request) => {
    if (!/^\/api\/(generate|chat|embed)$/.test(request.path)) return undefined;
    const identity = `${request.path} ${JSON.stringify(request.body)}`;
    const attempt = seen.get(identity) ?? 0;
    if (attempt >= (rates.perRequest ?? 1)) return undefined;
    const fault = drawFault(rates, randomFrom(hashOf(`${rates.seed} ${attempt} ${identity}`)));
    if (fault) seen.set(identity, attempt + 1); // the well ones would be drawn well again
    return fault;
  };
}

function drawFault(rates: RandomFaultRates, random: () => number): Fault | undefined {
  const { stallMs: ms = 1000 } = rates;
  const drawn = random();
  const afterTokens = 1 + Math.floor(random() * 4);
  const half = random() < 0.5;
  const broken = (['error-line', 'reset', 'cut'] as const)[Math.floor(random() * 3)] ?? 'cut';
  const table: readonly (readonly [number | undefined, Fault])[] = [
    [rates.rate503, { kind: 'status', status: 503 }],
    [rates.rateReset, { kind: 'reset' }],
    [rates.rateMidstream, { kind: broken, afterTokens }],
    [rates.rateStall, half ? { kind: 'stall', ms } : { kind: 'stall', ms, afterTokens }],
    [rates.rateEndEarly, { kind: 'end-early', afterTokens }],
    [rates.rateGarbage, { kind: 'garbage', afterTokens }],
    [rates.rateEmpty, { kind: 'empty' }],
  ];
  let reached = 0;
  for (const [rate = 0, fault] of table) {
    reached += rate;
    if (drawn < reached) return fault;
  }
  return undefined;
}
