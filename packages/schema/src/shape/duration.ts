import type { JsonSchema } from '../json-schema.ts';

const millisecondsPerUnit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const durationPattern = '^([1-9][0-9]{0,5}(ms|s|m|h|d))+$';

/** A time such as `500ms`, `2m` or `1h30m`. */
export const duration = (description: string, example: string): JsonSchema => ({
  type: 'string',
  pattern: durationPattern,
  expects: 'a time such as `30s`, `2m` or `1h30m`',
  description,
  examples: [example],
});

/** The milliseconds of a text that fits the pattern; undefined for any other value. */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value !== 'string' || !new RegExp(durationPattern).test(value)) return undefined;
  const parts = [...value.matchAll(/(\d+)(ms|s|m|h|d)/g)];
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * millisecondsPerUnit[unit as keyof typeof millisecondsPerUnit],
    0,
  );
}
