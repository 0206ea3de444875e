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
  /** Starts the embedded engine. */
  startEngine(): Promise<{ readonly baseUrl: string; close(): Promise<void> }>;
}

/** The hosts of a run, and how they were found. */
export interface Hosts {
  readonly hosts: readonly Ollama[];
  /** For the user, a sentence a line. */
  readonly notes: readonly string[];
  /** Ends the embedded engine, if it runs. */
  close(): Promise<void>;
}

/** A host that is on this machine answers at once or not at all. */
const probeMs = 2_000;

/**
 * Finds the hosts of a run: the flag's, else the file's, else OLLAMA_HOST, else this machine's Ollama. Where no host was named, models
 * that are bundled and not there run on the embedded engine.
 *
 * @throws {MillraceError} `HOST_MISSING` where no host answers or none has the models, `ENGINE_FAILED`.
 */
export async function resolveHosts(search: HostSearch): Promise<Hosts> {
  const named = namedHosts(search);
  const probes = await Promise.all((named ?? ['']).map((host) => probe(host, search)));
  const usable = probes.filter(({ problem }) => problem === undefined);
  const problems = probes.flatMap(({ problem }) => problem ?? []);
  if (usable.length > 0) {
    const hosts = usable.map(({ ollama }) => ollama);
    const notes = [
      `Model host: ${hosts.map(({ baseUrl }) => baseUrl).join(', ')}`,
      ...problems.map((problem) => `Not used: ${problem}`),
    ];
    return {
      hosts,
      notes,
      close: async () =>
        hosts.forEach((host) => {
          host.close();
        }),
    };
  }
  if (named === undefined && search.models.every(isBundled)) return embedded(search, problems);
  throw new MillraceError('HOST_MISSING', problems.join(' '), { hint: hintFor(search.models, probes) });
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

async function embedded(search: HostSearch, problems: readonly string[]): Promise<Hosts> {
  const engine = await search.startEngine();
  const ollama = createOllama({ baseUrl: engine.baseUrl });
  return {
    hosts: [ollama],
    notes: [
      `Model host: the embedded engine at ${engine.baseUrl} with ${search.models.join(', ')} (${problems.join(' ').replace(/\.$/, '')})`,
    ],
    close: async () => {
      ollama.close();
      await engine.close();
    },
  };
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
