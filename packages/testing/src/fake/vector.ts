import { hashOf, randomFrom } from './seeded.ts';
import { tokensOf } from './tokens.ts';

/** A vector of length 1 that depends on the text alone; texts that share words point in similar directions. */
export function vectorOf(text: string, length: number): number[] {
  const sum = new Array<number>(length).fill(0);
  const tokens = tokensOf(text.toLowerCase()).map((token) => token.trim());
  for (const token of tokens.length > 0 ? tokens : ['']) {
    const random = randomFrom(hashOf(token));
    for (let index = 0; index < length; index += 1) sum[index] = (sum[index] as number) + random() * 2 - 1;
  }
  return normalise(sum);
}

/** Scales a vector to length 1, in the single precision a server sends. */
export function normalise(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => Number(Math.fround(value / length).toPrecision(8)));
}
