import { parseArgs } from 'node:util';
import { startFakeOllama } from './fake/fake-ollama.ts';
import type { FakeOllamaOptions } from './fake/fake-ollama-options.ts';

const help = `Usage: fake-ollama [options]
Starts a fake Ollama server on 127.0.0.1; its URL is the first line of output.

  --port N                   default 0: a free one
  --models A,B               installed models, default gemma3:270m; NAME+thinking+tools adds capabilities
  --embedding-models A,B     installed embedding models
  --pullable A,B             models that can be pulled
  --slots N                  requests served at once per model, default 1
  --max-loaded-models N      default 3
  --max-queue N              default 512
  --keep-alive DURATION      default 5m
  --load-ms N                time of a load, default 0
  --token-ms N               time of a token, default 0
  --prompt-tokens-per-ms N   speed of reading prompts, default: no time
  --context-length N         training length of every model, default 32768
  --answer-tokens N          length of an answer without format, default: a short echo
  --record                   keep every request in memory (off here, on in tests)
  --with-parent              end when standard input or the IPC channel closes
  --help
`;

const names = {
  port: 'port',
  slots: 'slots',
  'max-loaded-models': 'maxLoadedModels',
  'max-queue': 'maxQueue',
  'load-ms': 'loadMs',
  'token-ms': 'tokenMs',
  'prompt-tokens-per-ms': 'promptTokensPerMs',
  'answer-tokens': 'answerTokens',
} as const satisfies Record<string, keyof FakeOllamaOptions>;

const lists = ['models', 'embedding-models', 'pullable'] as const;

/** Options of a command line, or the text to show instead. */
export type CommandLine =
  | { readonly options: FakeOllamaOptions; readonly withParent: boolean }
  | { readonly text: string; readonly exitCode: number };

/** Reads the arguments behind the program's name. */
export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({ args: [...args], options: argumentTypes() });
    if (values.help) return { text: help, exitCode: 0 };
    return { options: toOptions(values as Values), withParent: values['with-parent'] === true };
  } catch (error) {
    return { text: `${error instanceof Error ? error.message : String(error)}\n\n${help}`, exitCode: 2 };
  }
}

/** Runs the command until a signal, or the parent's end, stops it. */
export async function runCommand(self: NodeJS.Process): Promise<void> {
  const line = readCommandLine(self.argv.slice(2));
  if ('text' in line) {
    self.exitCode = line.exitCode;
    (line.exitCode === 0 ? self.stdout : self.stderr).write(line.text);
    return;
  }
  const fake = await startFakeOllama(line.options);
  self.stdout.write(`${fake.url}\n`);
  const stop = () => void fake.close().then(() => self.exit(0));
  self.once('SIGTERM', stop);
  self.once('SIGINT', stop);
  if (!line.withParent) return;
  self.once('disconnect', stop);
  self.stdin.once('end', stop).once('close', stop).resume();
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function argumentTypes() {
  const strings = [...Object.keys(names), ...lists, 'keep-alive', 'context-length'];
  return {
    ...Object.fromEntries(strings.map((name) => [name, { type: 'string' as const }])),
    record: { type: 'boolean' as const },
    'with-parent': { type: 'boolean' as const },
    help: { type: 'boolean' as const },
  };
}

function toOptions(values: Values): FakeOllamaOptions {
  const numbers = Object.entries(names).flatMap(([name, key]) =>
    values[name] === undefined ? [] : [[key, numberOf(name, values[name])] as const],
  );
  const length = values['context-length'];
  const trained = length === undefined ? {} : { contextLength: numberOf('context-length', length) };
  return {
    ...Object.fromEntries(numbers),
    ...(values['keep-alive'] === undefined ? {} : { keepAlive: String(values['keep-alive']) }),
    models: [
      ...listOf(values.models ?? 'gemma3:270m').map((one) => ({ ...toModel(one, 'completion'), ...trained })),
      ...listOf(values['embedding-models']).map((one) => ({ ...toModel(one, 'embedding'), ...trained })),
    ],
    pullable: listOf(values.pullable),
    record: values.record === true,
  };
}

function toModel(text: string, basis: string): { name: string; capabilities: string[] } {
  const [name = '', ...capabilities] = text.split('+');
  return { name, capabilities: [basis, ...capabilities] };
}

function listOf(value: string | boolean | undefined): string[] {
  return typeof value === 'string' ? value.split(',').filter(Boolean) : [];
}

function numberOf(name: string, value: string | boolean | undefined): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (!Number.isFinite(number) || number < 0)
    throw new Error(`--${name} needs a number of at least 0, not '${value}'.`);
  return number;
}
