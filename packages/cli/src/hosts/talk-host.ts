import type { InstalledModel, Ollama } from '@millrace/core';
import { bundledModels } from '@millrace/engine';
import { isMillraceError, MillraceError } from '@millrace/errors';
import { catchError, forkJoin, lastValueFrom, of } from 'rxjs';
import { isCloudModel, isSameModel } from './model-names.ts';
import { type HostSearch, namedHosts, searchHosts } from './search-hosts.ts';

/** A host and the model of it that answers. */
export interface TalkHost {
  readonly ollama: Ollama;
  readonly model: string;
  /** What the user did not say and would like to know, a sentence a line. */
  readonly notes: readonly string[];
  /** Lets go of the host, and ends the embedded engine if it runs. */
  close(): Promise<void>;
}

/** Where it is looked for. */
export interface TalkHostSearch extends Pick<HostSearch, 'env' | 'startEngine'> {
  /** As given; absent: the one that is loaded, else the newest, else the bundled one. */
  readonly model: string | undefined;
  /** `--host`, as given. */
  readonly hosts: readonly string[];
}

/**
 * Finds the host of a single call or a talk.
 *
 * @throws {MillraceError} `HOST_MISSING`, `ENGINE_FAILED`.
 */
export async function openTalkHost(search: TalkHostSearch): Promise<TalkHost> {
  if (search.model !== undefined) return await openWith(search.model, search);
  return (await openLoadedOrNewest(search)) ?? (await openWith(bundledModels[0] as string, search));
}

const orderOf = ({ hosts, env, startEngine }: TalkHostSearch, models: readonly string[]): HostSearch => ({
  flags: hosts,
  file: [],
  env,
  models,
  isNeeded: true,
  ...(startEngine && { startEngine }),
});

async function openWith(model: string, search: TalkHostSearch): Promise<TalkHost> {
  const running = searchHosts(orderOf(search, [model]));
  try {
    const { hosts, notes, isUnusual } = await running.choose();
    const ollama = hosts.length > 1 ? await whereItIsLoaded(model, hosts) : (hosts[0] as Ollama);
    return { ollama, model, notes: isUnusual ? notes : [], close: running.close };
  } catch (error) {
    await running.close();
    throw error;
  }
}

async function whereItIsLoaded(model: string, hosts: readonly Ollama[]): Promise<Ollama> {
  const found = await Promise.all(hosts.map(modelsOf));
  const loaded = found.find((one) => one.loaded.some((name) => isSameModel(name, model)));
  return loaded?.ollama ?? (hosts[0] as Ollama);
}

/** Undefined where nobody named a host and no model is there. */
async function openLoadedOrNewest(search: TalkHostSearch): Promise<TalkHost | undefined> {
  const { startEngine: _, ...order } = orderOf(search, []);
  const running = searchHosts(order);
  const isNamed = namedHosts(order) !== undefined;
  try {
    const { hosts } = await running.choose();
    const chosen = loadedOf(await Promise.all(hosts.map(modelsOf)));
    if (chosen) {
      const { ollama, model, why } = chosen;
      return { ollama, model, notes: [`Model: ${model}, ${why} at ${ollama.baseUrl}`], close: running.close };
    }
    if (isNamed) throw noModel(hosts);
  } catch (error) {
    await running.close();
    if (isNamed || !isMillraceError(error) || error.code !== 'HOST_MISSING') throw error;
  }
  await running.close();
  return undefined;
}

const noModel = (hosts: readonly Ollama[]): MillraceError =>
  new MillraceError(
    'HOST_MISSING',
    `There is no model to talk with at ${hosts.map(({ baseUrl }) => baseUrl).join(', ')}.`,
    {
      hint: 'Install one, for example with `millrace models pull gemma3:4b`.',
    },
  );

interface Found {
  readonly ollama: Ollama;
  /** Names of models that can talk, the longest-lived first. */
  readonly loaded: readonly string[];
  readonly installed: readonly InstalledModel[];
}

async function modelsOf(ollama: Ollama): Promise<Found> {
  const [tags, ps] = await lastValueFrom(
    forkJoin([ollama.tags(), ollama.ps().pipe(catchError(() => of({ models: [] })))]),
  );
  const installed = tags.models.filter(canTalk);
  const names = new Set(installed.map(({ name }) => name));
  return { ollama, installed, loaded: ps.models.map(({ name }) => name).filter((name) => names.has(name)) };
}

/** Nothing leaves for a model elsewhere unless it is asked for by its name. */
const canTalk = ({ name, remote_host, capabilities, details }: InstalledModel): boolean =>
  !isCloudModel(name) &&
  remote_host === undefined &&
  (capabilities?.includes('completion') ?? !/bert/.test(details.family));

function loadedOf(found: readonly Found[]): { ollama: Ollama; model: string; why: string } | undefined {
  const loaded = found.find((one) => one.loaded.length > 0);
  if (loaded) return { ollama: loaded.ollama, model: loaded.loaded[0] as string, why: 'which is loaded' };
  const all = found.flatMap(({ ollama, installed }) => installed.map((model) => ({ ollama, ...model })));
  const [newest] = all.sort((a, b) => Date.parse(b.modified_at) - Date.parse(a.modified_at));
  return newest && { ollama: newest.ollama, model: newest.name, why: 'the newest' };
}
