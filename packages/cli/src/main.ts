import { isMillraceError } from '@millrace/errors';
import { CommanderError } from 'commander';
import { askedBy } from './asked-commands.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { renderError } from './render/errors.ts';
import { createTerminal, type ProcessLike } from './terminal.ts';

/** Runs the program on a process; returns the exit code. */
export async function main(host: ProcessLike): Promise<number> {
  const terminal = createTerminal(host);
  let exitCode: number = exitCodes.done;
  const ended = (code: number): void => {
    exitCode = code;
  };
  const program = createProgram(terminal, ended, askedBy(host.argv.slice(2)));
  try {
    await program.parseAsync([...host.argv]);
    return exitCode;
  } catch (error) {
    // Commander has said it already: help, the version, or what is wrong with the command line.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.invalid;
    terminal.err(renderError(error));
    if (isMillraceError(error))
      terminal.tell({ type: 'error', code: error.code, message: error.message, hint: error.hint });
    return exitCodeOf(error);
  }
}
