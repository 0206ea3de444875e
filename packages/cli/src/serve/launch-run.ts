import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { isoTime, type RunCommand, type RunExit, type StartRun } from '@millrace/server';
import type { Told } from '../terminal.ts';

/** What runs are started with, whatever they are. */
export interface LaunchOptions {
  /** The file that is this program. */
  readonly program: string;
  /** Absolute. */
  readonly journal: string;
  /** As given; empty: those of the workflow, or of the environment. */
  readonly hosts: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** So much of what a process says last is kept. */
const keptUnits = 4_096;

/**
 * Starts runs in processes of their own. They are in no group with this one: Ctrl-C in a terminal reaches this program only, which then
 * interrupts them; and they outlive it when it is killed.
 */
export const launchRun =
  ({ program, journal, hosts, env }: LaunchOptions): StartRun =>
  (command) => {
    // Secrets of the server are not for what it runs.
    const { MILLRACE_TOKEN: _, ...inherited } = env;
    const words = [
      ...wordsOf(command),
      '--journal',
      dirname(journal),
      '--quiet',
      ...hosts.flatMap((host) => ['--host', host]),
    ];
    const child = spawn(process.execPath, [program, ...words], {
      env: inherited,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      ...(command.kind === 'run' && { cwd: dirname(command.file) }),
    });
    let said = '';
    let error: RunExit['error'];
    let begin: (id: string | undefined) => void = () => {};
    const begun = new Promise<string | undefined>((resolve) => {
      begin = resolve;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-keptUnits);
    });
    child.on('message', (told: Told) => {
      if (told.type === 'run-start') begin(told.id);
      else error = told;
    });
    const ended = new Promise<RunExit>((resolve) => {
      const end = (code: number | null, why?: string): void => {
        begin(undefined);
        const message = why ?? firstLine(said);
        const problem = error ?? (message === undefined ? undefined : { message });
        resolve({ code, ...(problem && { error: problem }) });
      };
      child.once('error', ({ message }) => end(1, `The process could not be started: ${message}`));
      child.once('close', (code) => end(code));
    });
    return {
      pid: child.pid,
      begun,
      ended,
      interrupt: () => void child.kill('SIGTERM'),
      kill: () => void child.kill('SIGKILL'),
    };
  };

function wordsOf(command: RunCommand): readonly string[] {
  if (command.kind === 'resume') return ['runs', 'resume', command.id];
  if (command.kind === 'retry')
    return ['runs', 'retry', command.id, ...(command.cause === undefined ? [] : ['--cause', command.cause])];
  const { file, due, inputs = {}, mode } = command;
  return [
    'run',
    file,
    ...(due === undefined ? [] : ['--due', isoTime(due)]),
    ...Object.entries(inputs).flatMap(([name, value]) => ['--input', `${name}=${value}`]),
    ...(mode === 'new' ? ['--new'] : []),
  ];
}

const firstLine = (text: string): string | undefined =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '');
