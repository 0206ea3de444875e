import type { Host } from './host.ts';

/** A call that looks for its host. */
export interface Wanted {
  /** The full name; undefined where any host will do. */
  readonly model: string | undefined;
  /** What the call measures. */
  readonly tokens: number;
  /** The hosts that did not take it. */
  readonly tried: ReadonlySet<Host> | undefined;
}

/**
 * Whether a host can do the work, the smaller the likelier. Hosts of the same degree are told apart by their load alone.
 *
 * A host that is down and known to have the model comes before one that is there and known not to have it: the call fails in
 * either case, and "unreachable" is the truth, which passes, where "not found" would be taken for final.
 */
const degrees = { able: 0, resting: 1, unknown: 2, ableButDown: 3, unable: 4, unknownAndDown: 5, unableAndDown: 6 };
const none = 7;

function degreeOf(host: Host, model: string | undefined): number {
  const { isUp } = host.health;
  if (isAble(host, model)) return isUp ? (host.rest.isResting ? degrees.resting : degrees.able) : degrees.ableButDown;
  if (host.installed.names === undefined) return isUp ? degrees.unknown : degrees.unknownAndDown;
  return isUp ? degrees.unable : degrees.unableAndDown;
}

function isAble({ installed, loaded, works }: Host, model: string | undefined): boolean {
  if (model === undefined || installed.has(model) || loaded.has(model)) return true;
  return works(model) && !denies(installed, model);
}

const denies = ({ names }: Host['installed'], model: string): boolean => names !== undefined && !names.has(model);

// Another host is tried with a model only where it may have it.
const isHopeless = (degree: number): boolean => degree === degrees.unable || degree === degrees.unableAndDown;

/**
 * Finds the host where a call is likely to be done first: the one with the fewest tokens in flight for its pace, where the
 * work of a load (`loadTokens`) counts as tokens too, among those that can do it. Of equals the first.
 */
export function chooseHost(hosts: readonly Host[], wanted: Wanted, loadTokens: number): Host | undefined {
  const fastest = fastestOf(hosts);
  let best: Host | undefined;
  let bestDegree: number = none;
  let bestLoad = Number.POSITIVE_INFINITY;
  for (const host of hosts) {
    if (host.isDraining || wanted.tried?.has(host) === true) continue;
    const degree = degreeOf(host, wanted.model);
    if (degree > bestDegree || (wanted.tried !== undefined && isHopeless(degree))) continue;
    const load = (tokensAt(host, wanted, loadTokens) + wanted.tokens) / paceOf(host, fastest);
    if (degree === bestDegree && load >= bestLoad) continue;
    best = host;
    bestDegree = degree;
    bestLoad = load;
  }
  return best;
}

function tokensAt(host: Host, { model }: Wanted, loadTokens: number): number {
  const loads = model !== undefined && !host.loaded.has(model) && !host.works(model);
  return host.tokensInFlight + (loads ? loadTokens : 0);
}

// With few calls a host shows a part of its pace only: where none had to wait, it may be as fast as any.
const paceOf = ({ pace }: Host, fastest: number): number => Math.min(pace.mostTokensPerMs, fastest);

/** The highest that is known. */
function fastestOf(hosts: readonly Host[]): number {
  let fastest = 0;
  for (const { pace } of hosts) fastest = Math.max(fastest, pace.tokensPerMs ?? 0);
  return fastest === 0 ? 1 : fastest;
}
