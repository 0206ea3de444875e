import { MillraceError } from '@millrace/errors';
import { didYouMean } from '@millrace/schema';
import { oneLine } from '../render/safe-text.ts';
import type { Session } from './session.ts';
import { talkCommands } from './talk-commands.ts';

/** The command in a line, and what stands behind it; undefined for a message, such as one about `/etc/hosts`. */
export function commandIn(line: string): { readonly name: string; readonly rest: string } | undefined {
  const [, name, rest = ''] = /^\/([a-zA-Z]+|\?)(?:\s+(.*))?$/s.exec(line.trimEnd()) ?? [];
  return name === undefined ? undefined : { name: name.toLowerCase(), rest: rest.trim() };
}

/**
 * Does what a command says.
 *
 * @returns Whether the talk is over.
 * @throws {MillraceError} What is wrong with it.
 */
export async function runCommand(name: string, rest: string, session: Session): Promise<boolean> {
  const command = talkCommands.find(({ names }) => names.includes(name));
  if (command) return (await command.run(rest, session)) === true;
  const names = talkCommands.map(({ names: [first] }) => `/${first}`);
  throw new MillraceError('USAGE_INVALID', `There is no command \`/${oneLine(name, 40)}\`.`, {
    hint: `${didYouMean(`/${name}`, names)} A message that begins with a slash has a space before it.`,
  });
}
