import { didYouMean } from '../suggest.ts';
import type { Names } from './names.ts';
import type { ExpressionProblem } from './problem.ts';

const rowHint = 'Rows come from a file that `each:` names, and there is no `each:`.';
const laterHint = 'This word is kept for a later version.';

/** A name that stands for nothing at its place. */
export function unknownName(
  name: string,
  range: { readonly start: number; readonly end: number },
  names: Names,
): ExpressionProblem {
  const message = `There is no \`${name}\` here.`;
  return { ...range, code: 'NAME_UNKNOWN', message, hint: nameHint(name, names) };
}

function nameHint(name: string, names: Names): string {
  if (['row', 'key', 'index'].includes(name)) {
    return 'row' in names ? 'The key and the index of a row are known to its steps.' : rowHint;
  }
  if (['secrets', 'item', 'items', 'group', 'previous', 'run'].includes(name)) return laterHint;
  if (name === 'input') return 'Did you mean `inputs`?';
  if (name === 'and') return 'Write `&&`.';
  if (name === 'or') return 'Write `||`.';
  if (name === 'not') return 'Write `!`.';
  if (name === 'None' || name === 'nil' || name === 'undefined') return 'Write `null`.';
  if (name === 'True' || name === 'False') return `Write \`${name.toLowerCase()}\`.`;
  const hint = didYouMean(name, Object.keys(names));
  return hint.startsWith('There') ? `${hint} A text stands in quotes.` : hint;
}
