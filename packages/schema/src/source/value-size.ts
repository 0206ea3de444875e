/** More than a file can hold without aliases that multiply it. */
const maxValues = 100_000;

/** Deeper than the text can be; only an alias within its own anchor leads there. */
const maxDepth = 200;

/** What is wrong with the size of a value read from YAML, where aliases stand for copies; undefined where it can be walked. */
export function tooLarge(value: unknown): string | undefined {
  let values = 0;
  const visit = (part: unknown, depth: number): string | undefined => {
    if (++values > maxValues) return `With its aliases written out, the file has more than ${maxValues} values.`;
    if (typeof part !== 'object' || part === null) return undefined;
    if (depth > maxDepth) return 'An alias stands for a part of the file that it lies in itself.';
    for (const inner of Object.values(part)) {
      const problem = visit(inner, depth + 1);
      if (problem) return problem;
    }
    return undefined;
  };
  return visit(value, 0);
}
