import { createOllama, type Environment, type Ollama, optionsFrom } from '@millrace/core';
import { bundledModels } from '@millrace/engine';
import { isMillraceError, MillraceError } from '@millrace/errors';
import { lastValueFrom, type Observable, Subject, takeUntil } from 'rxjs';
import { isCloudModel, isSameModel, nearModel } from './model-names.ts';

/** Where the hosts of a run are looked for. */
export interface HostSearch {
  /** `--host`, as given. */
  readonly flags: readonly string[];
  /** `hosts:` of the workflow. */
  readonly file: readonly string[];
  readonly env: Environment;
  /** The models that a host must have; where there are none, it need only answer. */
  readonly models: readonly string[];
  /** Whether any step asks a model. */
  readonly isNeeded: boolean;
  /** Has nothing wait for an answer any more. */
  readonly signal?: AbortSignal;
  /** Starts the embedded engine; absent where only an Ollama will do. */
  startEngine?(): Promise<{ readonly baseUrl: string; close(): Promise<void> }>;
}

/** The hosts of a run, and how they were found. */
export interface Hosts {
  readonly hosts: readonly Ollama[];
  /** For the user, a sentence a line. */
  readonly notes: readonly string[];
  /** Whether there is more to say than which host it is. */
  readonly isUnusual: boolean;
}

/** A search that is under way. */
export interface RunningSearch {
  /** The hosts that can be used, as far as they have answered within a time. */
  answering(withinMs: number): Promise<readonly Ollama[]>;
  /**
   * All that were named, whether they answer or not; where none was and none can be used, the embedded engine if it has the models.
   *
   * @throws {MillraceError} `ENGINE_FAILED`.
   */
  all(): Promise<readonly Ollama[]>;
  /**
   * The hosts that can be used; where none was named and none is there, the embedded engine with its bundled models.
   *
   * @throws {MillraceError} `HOST_MISSING` where no host answers or none has the models, `ENGINE_FAILED`.
   */
  choose(): Promise<Hosts>;
  /** Lets go of the hosts, and ends the embedded engine if it runs. */
  close(): Promise<void>;
}

/** A host that is on this machine answers at once or not at all. */
const probeMs = 2_000;

/** Asks the hosts of a run: the flag's, else the file's, else OLLAMA_HOST, else this machine's Ollama. */
export function searchHosts(search: HostSearch): RunningSearch {
  const named = namedHosts(search);
  const ended = new Subject<void>();
  const end = (): void => ended.next();
  search.signal?.addEventListener('abort', end, { once: true });
  const begun = search.isNeeded ? (named ?? ['']).map((host) => beginProbe(host, search, ended)) : [];
  const probing = begun.map(({ found }) => found);
  const closing: (() => Promise<void> | void)[] = [];
  const choose = async (): Promise<Hosts> => {
    const probes = await Promise.all(probing);
    const usable = probes.filter(({ problem }) => problem === undefined);
    const problems = probes.flatMap(({ problem }) => problem ?? []);
    if (usable.length > 0) {
      const hosts = usable.map(({ ollama }) => ollama);
      const used = `Model host: ${hosts.map(({ baseUrl }) => baseUrl).join(', ')}`;
      const notes = [used, ...problems.map((problem) => `Not used: ${problem}`)];
      return { hosts, notes, isUnusual: problems.length > 0 };
    }
    if (named !== undefined || !search.startEngine || !search.models.every(isBundled))
      throw new MillraceError('HOST_MISSING', problems.join(' '), { hint: hintFor(search, probes) });
    const engine = await search.startEngine();
    const ollama = createOllama({ baseUrl: engine.baseUrl });
    closing.push(() => ollama.close(), engine.close);
    const why = problems.join(' ').replace(/\.$/, '');
    const models = search.models.length > 0 ? search.models : bundledModels;
    const note = `Model host: the embedded engine at ${engine.baseUrl} with ${models.join(', ')} (${why})`;
    return { hosts: [ollama], notes: [note], isUnusual: true };
  };
  return {
    answering: async (withinMs) => {
      const early = await Promise.all(probing.map((one) => within(one, withinMs)));
      return early.flatMap((found) => (found && found.problem === undefined ? found.ollama : []));
    },
    all: async () => {
      if (named !== undefined) return begun.map(({ ollama }) => ollama);
      const probes = await Promise.all(probing);
      if (!probes.some(({ problem }) => problem === undefined))
        return await choose().then(({ hosts }) => hosts, orNone(probes));
      return probes.map(({ ollama }) => ollama);
    },
    choose,
    close: async () => {
      for (const close of closing) await close();
      search.signal?.removeEventListener('abort', end);
      // One that does not answer is not waited for.
      end();
      for (const { ollama } of begun) ollama.close();
    },
  };
}

/** No host was named, none can be used, and the engine has not the models. */
const orNone =
  (probes: readonly Probe[]) =>
  (error: unknown): readonly Ollama[] => {
    if (isMillraceError(error) && error.code === 'HOST_MISSING') return probes.map(({ ollama }) => ollama);
    throw error;
  };

async function within<Value>(value: Promise<Value>, ms: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The hosts that somebody named; undefined where nobody did. */
export function namedHosts({
  flags,
  file,
  env,
}: Pick<HostSearch, 'flags' | 'file' | 'env'>): readonly string[] | undefined {
  if (flags.length > 0) return flags;
  if (file.length > 0) return file;
  return env.OLLAMA_HOST?.trim() ? [env.OLLAMA_HOST] : undefined;
}

interface Probe {
  readonly ollama: Ollama;
  readonly answers: boolean;
  readonly installed: readonly string[];
  /** Why it cannot be used. */
  readonly problem?: string;
}

/** A host that is being asked what it has. */
interface BegunProbe {
  readonly ollama: Ollama;
  readonly found: Promise<Probe>;
}

function beginProbe(host: string, search: HostSearch, ended: Observable<void>): BegunProbe {
  const { env } = search;
  const options = optionsFrom({ OLLAMA_HOST: host, OLLAMA_API_KEY: env.OLLAMA_API_KEY });
  const ollama = createOllama(options);
  const prober = createOllama({ ...options, clocks: { connectMs: probeMs, totalMs: 5 * probeMs } });
  return { ollama, found: probe(ollama, prober, search, ended) };
}

async function probe(ollama: Ollama, prober: Ollama, { models }: HostSearch, ended: Observable<void>): Promise<Probe> {
  try {
    const installed = (await lastValueFrom(prober.tags().pipe(takeUntil(ended)))).models.map(({ name }) => name);
    const missing = models.filter(
      (model) => !isCloudModel(model) && !installed.some((name) => isSameModel(name, model)),
    );
    if (missing.length === 0) return { ollama, answers: true, installed };
    return { ollama, answers: true, installed, problem: `${ollama.baseUrl} does not have ${missing.join(' and ')}.` };
  } catch (error) {
    const reason =
      isMillraceError(error) && error.code !== 'OLLAMA_UNREACHABLE' ? ` as an Ollama: ${error.message}` : '.';
    return { ollama, answers: false, installed: [], problem: `${ollama.baseUrl} does not answer${reason}` };
  } finally {
    prober.close();
  }
}

function hintFor({ models: [model], startEngine }: HostSearch, probes: readonly Probe[]): string {
  if (model !== undefined && probes.some(({ answers }) => answers)) {
    const near = nearModel(
      model,
      probes.flatMap(({ installed }) => installed),
    );
    return `${near === undefined ? 'Run' : `Did you mean \`${near}\`? Else run`} \`millrace models pull ${model}\`, or choose another model with \`--model\`.`;
  }
  const without = startEngine ? ` Without one, \`--model ${bundledModels[0]}\` runs on the embedded engine.` : '';
  return `Start Ollama with \`ollama serve\`, or name a host with \`--host\`.${without}`;
}

const isBundled = (model: string): boolean => bundledModels.some((name) => isSameModel(name, model));
