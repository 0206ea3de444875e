import type { Answer } from './answer.ts';
import type { Body } from './check-request.ts';
import { type Fault, findFault } from './faults.ts';
import { countTokens, tokensOf } from './tokens.ts';

/** One line's worth of an answer. */
export type Piece =
  | { readonly kind: 'text' | 'thinking'; readonly text: string }
  | { readonly kind: 'tool'; readonly index: number; readonly name: string; readonly arguments: object };

/** An answer cut to what the request allows. */
export interface CutAnswer {
  readonly pieces: readonly Piece[];
  /** Tokens generated, with those a stop string swallowed. */
  readonly evalCount: number;
  readonly doneReason: 'stop' | 'length';
}

/**
 * Cuts an answer into pieces and ends it where `num_predict`, a stop string, a full window without context shift, or
 * a fault ends it. Thinking counts like text; `num_predict` of 0 or less sets no limit; a call that the limit would
 * cut vanishes, as it does behind a template.
 */
export function cutAnswer(answer: Answer, body: Body, room: number, faults: readonly Fault[]): CutAnswer {
  if (findFault(faults, 'empty')) return { pieces: [], evalCount: 1, doneReason: 'stop' };
  const thinking = body.think === false ? [] : tokensOf(answer.thinking ?? '');
  const text = answer.tokens ?? tokensOf(answer.text ?? '');
  const stopped = cutAtStop(text, stopsOf(body));
  const calls = toolPieces(answer);
  const callTokens = calls.reduce((sum, call) => sum + countTokens(JSON.stringify(call)), 0);
  const all = [
    ...thinking.map((one): Piece => ({ kind: 'thinking', text: one })),
    ...stopped.kept.map((one): Piece => ({ kind: 'text', text: one })),
  ];
  const whole = thinking.length + stopped.read + (stopped.hit ? 0 : callTokens);
  const limit = Math.min(limitOf(body), room, forcedLength(faults, whole));
  if (whole < limit) {
    return { pieces: stopped.hit ? all : [...all, ...calls], evalCount: Math.max(1, whole), doneReason: 'stop' };
  }
  const fits = whole === limit && !stopped.hit;
  return { pieces: fits ? [...all, ...calls] : all.slice(0, limit), evalCount: limit, doneReason: 'length' };
}

function limitOf(body: Body): number {
  const limit = ((body.options as Body | undefined)?.num_predict ?? -1) as number;
  return limit >= 1 ? Math.trunc(limit) : Number.POSITIVE_INFINITY;
}

function forcedLength(faults: readonly Fault[], whole: number): number {
  const fault = findFault(faults, 'length');
  return fault ? Math.max(1, fault.afterTokens ?? Math.floor(whole / 2)) : Number.POSITIVE_INFINITY;
}

function stopsOf(body: Body): readonly string[] {
  const stops = (body.options as Body | undefined)?.stop;
  return Array.isArray(stops) ? stops.filter((one): one is string => typeof one === 'string' && one !== '') : [];
}

function cutAtStop(
  tokens: readonly string[],
  stops: readonly string[],
): { kept: readonly string[]; read: number; hit: boolean } {
  if (stops.length === 0) return { kept: tokens, read: tokens.length, hit: false };
  const text = tokens.join('');
  const found = stops.map((stop) => ({ at: text.indexOf(stop), stop })).filter(({ at }) => at >= 0);
  const first = found.sort((one, other) => one.at - other.at)[0];
  if (!first) return { kept: tokens, read: tokens.length, hit: false };
  const read = prefixOf(tokens, first.at + first.stop.length).length;
  return { kept: prefixOf(tokens, first.at), read, hit: true };
}

function prefixOf(tokens: readonly string[], length: number): string[] {
  const kept: string[] = [];
  let left = length;
  for (const token of tokens) {
    if (left <= 0) break;
    kept.push(token.slice(0, left));
    left -= token.length;
  }
  return kept;
}

function toolPieces({ toolCalls = [] }: Answer): Piece[] {
  return toolCalls.map((call, index) => ({ kind: 'tool', index, name: call.name, arguments: call.arguments }));
}
