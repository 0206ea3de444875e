import { MillraceError } from '@millrace/errors';
import { didYouMean } from '@millrace/schema';
import { oneLine } from '../render/safe-text.ts';

/** The error of a word behind `runs` that is no command of it: a misspelt one, or a run. */
export function noCommand(word: string, names: readonly string[]): MillraceError {
  const shown = oneLine(word, 40);
  const hint = didYouMean(word, names);
  return new MillraceError('USAGE_INVALID', `\`millrace runs\` has no command \`${shown}\`.`, {
    hint: hint.startsWith('There') ? `${hint} A run is shown by \`millrace runs show ID\`.` : hint,
  });
}
