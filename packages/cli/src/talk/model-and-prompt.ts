import { MillraceError } from '@millrace/errors';

/** The words of a command line. */
export interface ModelAndPrompt {
  readonly model: string | undefined;
  readonly words: readonly string[];
}

/**
 * Tells the model from the prompt: with `--model` all words are the prompt. Else the first one is the model, unless it cannot be the name of
 * one, as a sentence in quotes cannot.
 */
export function modelAndPrompt(words: readonly string[], model: string | undefined): ModelAndPrompt {
  const [first = ''] = words;
  if (model !== undefined || !isModelName(first)) return { model, words };
  return { model: first, words: words.slice(1) };
}

/** The one model that a command may be given by an argument or by `--model`. */
export function oneModel(argument: string | undefined, flag: string | undefined): string | undefined {
  if (argument === undefined || flag === undefined || argument === flag) return argument ?? flag;
  throw new MillraceError('USAGE_INVALID', `Both \`${argument}\` and \`--model ${flag}\` are given.`, {
    hint: 'Name one model.',
  });
}

/** `gemma3:4b`, `me/mine`, `hf.co/some/model:Q4_K_M` */
const isModelName = (word: string): boolean => /^[\w][\w.-]*([:/@][\w.-]+)*$/.test(word);
