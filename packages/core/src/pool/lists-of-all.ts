import { map, type Observable } from 'rxjs';
import type { LoadedModel, PsResponse } from '../endpoints/ps.ts';
import type { InstalledModel, TagsResponse } from '../endpoints/tags.ts';
import type { VersionResponse } from '../endpoints/version.ts';
import type { Ollama } from '../ollama.ts';
import { atHosts, errorsOf, takingCalls } from './at-all-hosts.ts';
import type { Host } from './host.ts';
import { allFailed } from './pool-errors.ts';
import type { PoolState, PoolView } from './pool-state.ts';

/** Something of one host of a pool. */
export interface OfHost {
  /** Its base URL. */
  readonly host: string;
}

/** A host that is not in a list, and why. */
export interface MissingHost extends OfHost {
  readonly error: unknown;
}

/** What the hosts of a pool that answer say together. */
export interface OfAllHosts {
  /** The hosts that did not answer; not asked is one that is known to be down. */
  readonly missing: readonly MissingHost[];
}

/** The models of all hosts, host by host: a model that several have is there as often. */
export interface PoolTagsResponse extends TagsResponse, OfAllHosts {
  readonly models: readonly (InstalledModel & OfHost)[];
}

/** The models in memory of all hosts, host by host. */
export interface PoolPsResponse extends PsResponse, OfAllHosts {
  readonly models: readonly (LoadedModel & OfHost)[];
}

/** The oldest version among the hosts: what it can do, all can. */
export interface PoolVersionResponse extends VersionResponse, OfAllHosts {
  readonly hosts: readonly (VersionResponse & OfHost)[];
}

/** Puts the models that the hosts list into one list. */
export const modelsOfAll = <M extends object>(
  pool: PoolState,
  view: PoolView,
  send: (client: Ollama) => Observable<{ readonly models: readonly M[] }>,
): Observable<OfAllHosts & { readonly models: readonly (M & OfHost)[] }> =>
  answersOfAll(pool, view, send).pipe(
    map(({ answers, missing }) => ({
      models: answers.flatMap(({ host, value }) => value.models.map((model) => ({ ...model, host }))),
      missing,
    })),
  );

/** Puts the versions of the hosts into one answer. */
export const versionOfAll = (pool: PoolState, view: PoolView): Observable<PoolVersionResponse> =>
  answersOfAll(pool, view, (client) => client.version()).pipe(
    map(({ answers, missing }) => {
      const hosts = answers.map(({ host, value }) => ({ ...value, host }));
      const [oldest] = hosts.map(({ version }) => version).sort(byAge);
      return { version: oldest as string, hosts, missing }; // one at least has answered
    }),
  );

interface Answers<T> extends OfAllHosts {
  readonly answers: readonly (OfHost & { readonly value: T })[];
}

function answersOfAll<T>(
  pool: PoolState,
  view: PoolView,
  send: (client: Ollama) => Observable<T>,
): Observable<Answers<T>> {
  return atHosts(pool, view, up, send).pipe(
    map((outcomes) => {
      const errors = errorsOf(outcomes);
      if (errors.length === outcomes.length) throw allFailed(errors, 'did not answer');
      const answers = outcomes.flatMap(({ host, value }) => (value === undefined ? [] : [{ host: host.url, value }]));
      const failed = outcomes.filter(({ error }) => error !== undefined);
      const down = takingCalls(view)
        .filter(({ health }) => !health.isUp)
        .map((host) => ({ host, error: host.health.failure }));
      const missing = [...failed, ...down.filter(({ host }) => !failed.some((one) => one.host === host))];
      return { answers, missing: missing.map(({ host, error }) => ({ host: host.url, error })) };
    }),
  );
}

/** The hosts that are there; all, where none seems to be. */
function up(view: PoolView): readonly Host[] {
  const taking = takingCalls(view);
  const there = taking.filter(({ health }) => health.isUp);
  return there.length > 0 ? there : taking;
}

const byAge = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true });
