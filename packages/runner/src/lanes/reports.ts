import type { Usage } from '@millrace/core';
import type { HostReport } from '../events.ts';
import type { Ask } from './ask.ts';
import { createCacheGauge } from './cache-gauge.ts';
import type { Lane } from './lane.ts';

/** What hosts did, counted while they do it. */
export interface Reports {
  /** A call has begun; has been answered; was refused, since there were too many. */
  begun(lane: Lane): void;
  answered(lane: Lane, usage: Usage): void;
  refused(lane: Lane): void;
  /** A host was told to load a model, or has done so in so many milliseconds. */
  load(host: string, ask: Ask, ms?: number): void;
  /** A call did not fit its window, and will be made in a larger one. */
  widened(): void;
  /** A row has to wait, in the stage of this model: one row after the other would have changed to another now. */
  parked(model: string | undefined): void;
  /** A row has ended, in the stage of this model: the next one would have changed back to the model of the first stage. */
  rowEnded(model: string | undefined): void;
  /** What the hosts did so far; those that were asked nothing are not there. */
  hosts(lanes: readonly Lane[]): readonly HostReport[];
  readonly widenedCalls: number;
  /** Changes of the model that one row after the other would have made. */
  readonly changes: number;
}

type Counts = { -readonly [Name in Exclude<keyof HostReport, 'host' | 'parallel'>]: HostReport[Name] };

/** Starts at nothing. */
export function createReports(): Reports {
  const counts = new Map<string, Counts>();
  const gauge = createCacheGauge();
  let widenedCalls = 0;
  let changes = 0;
  let firstModel: string | undefined;

  const of = (host: string): Counts => {
    let own = counts.get(host);
    if (own === undefined) {
      own = { calls: 0, loads: 0, loadMs: 0, waitedMs: 0, refused: 0, promptTokens: 0, cachedTokens: 0 };
      counts.set(host, own);
    }
    return own;
  };
  return {
    begun: ({ ollama: { baseUrl } }) => {
      of(baseUrl).calls++;
    },
    answered: ({ ollama: { baseUrl } }, usage) => {
      const own = of(baseUrl);
      const { totalMs, loadMs, promptMs, outputMs, promptTokens } = usage;
      if (promptMs + outputMs > 0) own.waitedMs += Math.max(0, totalMs - loadMs - promptMs - outputMs);
      own.promptTokens += promptTokens;
      own.cachedTokens += gauge.cachedIn(usage);
    },
    refused: ({ ollama: { baseUrl } }) => {
      of(baseUrl).refused++;
    },
    load: (host, _ask, ms) => {
      const own = of(host);
      if (ms === undefined) own.loads++;
      else own.loadMs += ms;
    },
    widened: () => {
      widenedCalls++;
    },
    parked: (model) => {
      firstModel ??= model;
      changes++;
    },
    rowEnded: (model) => {
      if (firstModel !== undefined && model !== firstModel) changes++;
    },
    hosts: (lanes) =>
      lanes.flatMap(({ ollama: { baseUrl: host }, limit: parallel }) => {
        const own = counts.get(host);
        if (!own) return [];
        const { loadMs, waitedMs, cachedTokens, ...whole } = own;
        const rounded = {
          loadMs: Math.round(loadMs),
          waitedMs: Math.round(waitedMs),
          cachedTokens: Math.round(cachedTokens),
        };
        return [{ host, parallel, ...whole, ...rounded }];
      }),
    get widenedCalls() {
      return widenedCalls;
    },
    get changes() {
      return changes;
    },
  };
}
