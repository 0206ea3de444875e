import { MillraceError } from '@millrace/errors';

/**
 * The value of a step from those of its pieces: texts with a blank line between them, the items of all lists; of vectors the mean, of length
 * 1. A piece without a value adds nothing.
 *
 * @throws {MillraceError} `EXPRESSION_FAILED` for values of other types, which only a kind of the user can give.
 */
export function joinValues(values: readonly unknown[], areVectors: boolean): unknown {
  const given = values.filter((value) => value !== null);
  if (given.length === 0) return null;
  if (given.every((value) => typeof value === 'string')) return given.join('\n\n');
  if (given.every((value) => Array.isArray(value))) return areVectors ? meanOf(given) : given.flat();
  throw new MillraceError(
    'EXPRESSION_FAILED',
    'The answers to the pieces of a prompt are neither all texts nor all lists.',
    {
      hint: 'Cut the text in a step of its own (`split`), and ask `for` each piece.',
    },
  );
}

function meanOf(vectors: readonly (readonly number[])[]): readonly number[] {
  const sum = (vectors[0] ?? []).map((_, at) => vectors.reduce((total, vector) => total + (vector[at] ?? 0), 0));
  const length = Math.hypot(...sum);
  return length === 0 ? sum : sum.map((value) => value / length);
}
