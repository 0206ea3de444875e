import type { LoadedModel, Ollama, ShowResponse } from '@millrace/core';
import { isMillraceError } from '@millrace/errors';
import { fromEvent, lastValueFrom, type Observable, takeUntil, timeout } from 'rxjs';
import { fullModelName } from '../full-model-name.ts';
import type { ResidentModel } from '../lanes/residents.ts';
import type { PlannedHost, PlannedModel } from './run-plan.ts';

/** A host as it is now. */
export interface SeenHost extends Omit<PlannedHost, 'isUsed'> {
  readonly ollama: Ollama;
  readonly loaded: readonly LoadedModel[];
  readonly residents: readonly ResidentModel[];
  /** Bytes on disk, by full name. */
  readonly installed: ReadonlyMap<string, number>;
}

/** A host that is there answers sooner, also when it is busy. */
const answersWithinMs = 5000;

/** Asks a value within a time. */
export type AskHost = <Value>(answer: Observable<Value>) => Promise<Value>;

/** @param signal Ends what is asked. */
export const askWithin =
  (signal: AbortSignal | undefined): AskHost =>
  (answer) => {
    const inTime = answer.pipe(timeout(answersWithinMs));
    return lastValueFrom(signal ? inTime.pipe(takeUntil(fromEvent(signal, 'abort'))) : inTime);
  };

/** What takes its time to notice that nobody waits any more. @throws The reason of the signal. */
export function orAborted<Value>(value: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return value;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Asks a host what it has, and what of that is in memory. */
export async function lookAtHost(ollama: Ollama, models: readonly string[], ask: AskHost): Promise<SeenHost> {
  const host = ollama.baseUrl;
  try {
    const { models: all } = await ask(ollama.tags());
    const installed = new Map(all.map(({ name, size }) => [fullModelName(name), size]));
    const loaded = await ask(ollama.ps()).then(
      ({ models }) => models,
      () => [],
    );
    return {
      ollama,
      host,
      answers: true,
      installed,
      loaded,
      missing: models.filter((model) => !isCloudModel(model) && !installed.has(fullModelName(model))),
      memory: loaded.map(({ name, size, size_vram }) => ({ model: name, bytes: size, gpuBytes: size_vram })),
      residents: loaded.map(({ name, size, context_length: window }) => ({ name: fullModelName(name), size, window })),
    };
  } catch (error) {
    const problem = isMillraceError(error) ? error.message : `it said nothing for ${answersWithinMs / 1000} s.`;
    return {
      ollama,
      host,
      answers: false,
      installed: new Map(),
      loaded: [],
      missing: [],
      memory: [],
      residents: [],
      problem,
    };
  }
}

/** Those that the run uses: which have all models, or where none has, which answer. */
export function usedHosts(hosts: readonly SeenHost[]): readonly SeenHost[] {
  const answering = hosts.filter(({ answers }) => answers);
  const whole = answering.filter(({ missing }) => missing.length === 0);
  return whole.length > 0 ? whole : answering;
}

/** What a host says of a model. */
export type ModelFacts = Pick<PlannedModel, 'parameters' | 'quantization' | 'contextLength'>;

/** Asks the first host that has a model for what is known of it. */
export async function factsOf(model: string, hosts: readonly SeenHost[], ask: AskHost): Promise<ModelFacts> {
  for (const { ollama, missing } of hosts) {
    if (missing.includes(model)) continue;
    const shown = await ask(ollama.show({ model })).catch(() => undefined);
    if (shown) return factsIn(shown);
  }
  return {};
}

function factsIn({ model_info: info = {}, details }: ShowResponse): ModelFacts {
  const parameters = info['general.parameter_count'];
  const length = Object.entries(info).find(([name]) => name.endsWith('.context_length'))?.[1];
  const quantization = details?.quantization_level;
  return {
    ...(typeof parameters === 'number' && { parameters }),
    ...(typeof length === 'number' && length > 0 && { contextLength: length }),
    ...(quantization && { quantization }),
  };
}

/** Models of the cloud run without being installed. */
export const isCloudModel = (model: string): boolean => /[:-]cloud$/.test(model);
