import { builtInKinds } from '@millrace/runner';
import { composeSchema } from '@millrace/schema';
import { exitCodes } from '../exit-codes.ts';
import { writeText } from '../files/write-text.ts';
import { oneLine } from '../render/safe-text.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace schema`. */
export interface SchemaFlags {
  readonly out?: string;
}

/** `millrace schema`: gives the JSON Schema of a workflow to editors and other tools. Returns the exit code. */
export async function schema({ out }: SchemaFlags, terminal: Terminal): Promise<number> {
  const text = `${JSON.stringify(composeSchema(builtInKinds), null, 2)}\n`;
  if (out === undefined || out === '-') {
    await terminal.out(text);
    return exitCodes.done;
  }
  await writeText(out, text, { replace: true });
  const shown = oneLine(out, 1000);
  terminal.err(`Wrote ${shown}. Editors find it by the first line of a workflow:\n`);
  terminal.err(`# yaml-language-server: $schema=${shown}\n`);
  return exitCodes.done;
}
