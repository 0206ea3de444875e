import type { Finding } from '../source/source.ts';
import { didYouMean, nearest } from '../suggest.ts';
import type { KeyPlaces } from './key-places.ts';

/** What other tools call it, where no likeness of the words would tell. */
const otherWords: Readonly<Record<string, string>> = {
  prompt: 'generate',
  messages: 'chat',
  if: 'when',
  condition: 'when',
  foreach: 'each',
  rows: 'each',
  retries: 'retry',
  loop: 'repeat',
  reduce: 'over',
  on_failure: 'on_error',
  continue_on_error: 'on_error',
  timeout: 'total',
  assert: 'ensure',
  timezone: 'zone',
  source: 'from',
  file: 'from',
  filter: 'where',
  id: 'key',
  output: 'save',
  schema: 'returns',
  response_format: 'returns',
  output_schema: 'returns',
  concurrency: 'parallel',
  host: 'hosts',
  jobs: 'steps',
  tasks: 'steps',
  label: 'expect',
};

/** The word of the language for one of another tool. */
export const otherWord = (key: string): string | undefined =>
  Object.hasOwn(otherWords, key) ? otherWords[key] : undefined;

/** A key that is not known in its map, which has the `known` ones. */
export function unknownKey(key: string, known: readonly string[], keyPlaces: KeyPlaces): Finding {
  const message = `There is no key \`${key}\` here.`;
  return { code: 'KEY_UNKNOWN', message, hint: keyHint(key, known, keyPlaces) };
}

function keyHint(key: string, known: readonly string[], keyPlaces: KeyPlaces): string {
  if (nearest(key, known) !== undefined) return didYouMean(key, known);
  const place = keyPlaces(key);
  if (place !== undefined) return place;
  const word = otherWord(key);
  if (word === undefined) return didYouMean(key, known);
  return known.includes(word) ? `Write \`${word}\`.` : `Did you mean \`${word}\`? ${keyPlaces(word) ?? ''}`.trim();
}
