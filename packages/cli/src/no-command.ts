import { MillraceError } from '@millrace/errors';
import { didYouMean } from '@millrace/schema';
import { oneLine } from './render/safe-text.ts';

/** Commands that stand below another. */
export interface Parent {
  readonly name: string;
  readonly commands: readonly string[];
  /** What to do with a word that is no command, but what commands are about. */
  readonly instead: string;
}

/** The error of a word behind a command that is none of those below it: a misspelt one, or what they are about. */
export function noCommand(word: string, { name, commands, instead }: Parent): MillraceError {
  const hint = didYouMean(word, commands);
  return new MillraceError('USAGE_INVALID', `\`millrace ${name}\` has no command \`${oneLine(word, 40)}\`.`, {
    hint: hint.startsWith('There') ? `${hint} ${instead}` : hint,
  });
}
