import { bundledModels } from '@millrace/engine';
import { firstValueFrom } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import { createInterrupts } from '../interrupts.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace engine`. */
export interface EngineFlags {
  readonly port: number;
  readonly parallel?: number;
}

/** `millrace engine`: serves the bundled models to any Ollama client until it is interrupted. Returns the exit code. */
export async function engine(flags: EngineFlags, terminal: Terminal): Promise<number> {
  const stopped = firstValueFrom(createInterrupts(terminal));
  const { serveEngine } = await import('@millrace/engine');
  const server = await serveEngine({
    port: flags.port,
    ...(flags.parallel !== undefined && { parallel: flags.parallel }),
    onLog: (message) => terminal.err(`${message}\n`),
  });
  await terminal.out(
    [
      `Serving ${bundledModels.join(', ')} at ${server.baseUrl}, until Ctrl-C.`,
      `Try: curl ${server.baseUrl}/api/generate -d '{"model":"${bundledModels[0]}","prompt":"Review: great phone\\nSentiment:"}'`,
      '',
    ].join('\n'),
  );
  await stopped;
  await server.close();
  return exitCodes.done;
}
