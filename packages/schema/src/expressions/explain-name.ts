import type { DiagnosticCode } from '../diagnostic.ts';
import { didYouMean } from '../suggest.ts';
import type { Names } from './names.ts';
import type { ExpressionProblem } from './problem.ts';

/** What is to be said of a name that stands for nothing at its place. */
export interface UnknownName {
  readonly hint: string;
  /** Default: `NAME_UNKNOWN`. */
  readonly code?: DiagnosticCode;
  readonly message?: string;
}

const rowHint = 'Rows come from a file that `each:` names, and there is no `each:`.';

const secrets: UnknownName = {
  code: 'SECRET_REFUSED',
  message: 'A secret cannot be read here: it would leave the process with the text.',
  hint: 'Secrets stand only where a credential belongs, and no key of this version takes one.',
};

/** Names that have a meaning in steps of a certain shape. */
const keysOfNames: Readonly<Record<string, string>> = {
  item: 'for',
  items: 'over',
  group: 'group_by',
  previous: 'repeat',
};

/** A name that stands for nothing at its place; `explain` knows the place better than these general words. */
export function unknownName(
  name: string,
  range: { readonly start: number; readonly end: number },
  names: Names,
  explain: (name: string) => UnknownName | undefined = () => undefined,
): ExpressionProblem {
  const { code, message, hint } = name === 'secrets' ? secrets : (explain(name) ?? { hint: nameHint(name, names) });
  return { ...range, code: code ?? 'NAME_UNKNOWN', message: message ?? `There is no \`${name}\` here.`, hint };
}

function nameHint(name: string, names: Names): string {
  if (['row', 'key', 'index'].includes(name)) {
    return 'row' in names ? 'The key and the index of a row are known to its steps.' : rowHint;
  }
  if (Object.hasOwn(keysOfNames, name)) return `It is known in a step that has \`${keysOfNames[name]}:\`.`;
  if (name === 'run') return 'This word is kept for a later version.';
  if (name === 'input') return 'Did you mean `inputs`?';
  if (name === 'and') return 'Write `&&`.';
  if (name === 'or') return 'Write `||`.';
  if (name === 'not') return 'Write `!`.';
  if (name === 'None' || name === 'nil' || name === 'undefined') return 'Write `null`.';
  if (name === 'True' || name === 'False') return `Write \`${name.toLowerCase()}\`.`;
  const hint = didYouMean(name, Object.keys(names));
  return hint.startsWith('There') ? `${hint} A text stands in quotes.` : hint;
}
