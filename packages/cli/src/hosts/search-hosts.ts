import { createOllama, type Environment, type Ollama, optionsFrom } from '@millrace/core';
import { bundledModels } from '@millrace/engine';
import { isMillraceError, MillraceError } from '@millrace/errors';
import { lastValueFrom } from 'rxjs';

/** Where the hosts of a run are looked for. */
export interface HostSearch {
  /** `--host`, as given. */
  readonly flags: readonly string[];
  /** `hosts:` of the workflow. */
  readonly file: readonly string[];
  readonly env: Environment;
  /** The models that a host must have. */
  readonly models: readonly string[];
  /** Whether any step asks a model. */
  readonly isNeeded: boolean;
  /** Starts the embedded engine. */
  startEngine(): Promise<{ readonly baseUrl: string; close(): Promise<void> }>;
}

/** The hosts of a run, and how they were found. */
export interface Hosts {
  readonly hosts: readonly Ollama[];
  /** For the user, a sentence a line. */
  readonly notes: readonly string[];
}

/** A search that is under way. */
export interface RunningSearch {
  /** The hosts that can be used, as far as they have answered within a time. */
  answering(withinMs: number): Promise<readonly Ollama[]>;
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
  const probing = search.isNeeded ? (named ?? ['']).map((host) => probe(host, search)) : [];
  const closing: (() => Promise<void> | void)[] = [];
  return {
    answering: async (withinMs) => {
      const early = await Promise.all(probing.map((one) => within(one, withinMs)));
      return early.flatMap((found) => (found && found.problem === undefined ? found.ollama : []));
    },
    choose: async () => {
      const probes = await Promise.all(probing);
      const usable = probes.filter(({ problem }) => problem === undefined);
      const problems = probes.flatMap(({ problem }) => problem ?? []);
      if (usable.length > 0) {
        const hosts = usable.map(({ ollama }) => ollama);
        const used = `Model host: ${hosts.map(({ baseUrl }) => baseUrl).join(', ')}`;
        return { hosts, notes: [used, ...problems.map((problem) => `Not used: ${problem}`)] };
      }
      if (named !== undefined || !search.models.every(isBundled))
        throw new MillraceError('HOST_MISSING', problems.join(' '), { hint: hintFor(search.models, probes) });
      const engine = await search.startEngine();
      const ollama = createOllama({ baseUrl: engine.baseUrl });
      closing.push(() => ollama.close(), engine.close);
      const why = problems.join(' ').replace(/\.$/, '');
      const note = `Model host: the embedded engine at ${engine.baseUrl} with ${search.models.join(', ')} (${why})`;
      return { hosts: [ollama], notes: [note] };
    },
    close: async () => {
      for (const close of closing) await close();
      // One that does not answer is not waited for.
      for (const one of probing)
        one.then(
          ({ ollama }) => ollama.close(),
          () => {}, // said already
        );
    },
  };
}

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

function namedHosts({ flags, file, env }: HostSearch): readonly string[] | undefined {
  if (flags.length > 0) return flags;
  if (file.length > 0) return file;
  return env.OLLAMA_HOST?.trim() ? [env.OLLAMA_HOST] : undefined;
}

interface Probe {
  readonly ollama: Ollama;
  readonly answers: boolean;
  /** Why it cannot be used. */
  readonly problem?: string;
}

async function probe(host: string, { env, models }: HostSearch): Promise<Probe> {
  const options = optionsFrom({ OLLAMA_HOST: host, OLLAMA_API_KEY: env.OLLAMA_API_KEY });
  const ollama = createOllama(options);
  const prober = createOllama({ ...options, clocks: { connectMs: probeMs, totalMs: 5 * probeMs } });
  try {
    const installed = (await lastValueFrom(prober.tags())).models.map(({ name }) => name);
    const missing = models.filter((model) => !isCloud(model) && !installed.some((name) => isSame(name, model)));
    if (missing.length === 0) return { ollama, answers: true };
    return { ollama, answers: true, problem: `${ollama.baseUrl} does not have ${missing.join(' and ')}.` };
  } catch (error) {
    const reason =
      isMillraceError(error) && error.code !== 'OLLAMA_UNREACHABLE' ? ` as an Ollama: ${error.message}` : '.';
    return { ollama, answers: false, problem: `${ollama.baseUrl} does not answer${reason}` };
  } finally {
    prober.close();
  }
}

function hintFor(models: readonly string[], probes: readonly Probe[]): string {
  const bundled = bundledModels[0];
  if (probes.some(({ answers }) => answers))
    return `Run \`ollama pull ${models[0]}\`, or choose another model with \`--model\`.`;
  return `Start Ollama with \`ollama serve\`, or name a host with \`--host\`. Without one, \`--model ${bundled}\` runs on the embedded engine.`;
}

const isBundled = (model: string): boolean => bundledModels.some((name) => isSame(name, model));

/** Names are the same whatever their case, and `latest` may be left out. */
const isSame = (a: string, b: string): boolean => fullName(a) === fullName(b);

const fullName = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`).toLowerCase();

/** Models of the cloud run without being installed. */
const isCloud = (model: string): boolean => /[:-]cloud$/.test(model);
