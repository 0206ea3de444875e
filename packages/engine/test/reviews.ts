import { readFileSync } from 'node:fs';

const text = readFileSync(new URL('../../../workflows/data/reviews-small.csv', import.meta.url), 'utf8');

/** Review sentences of the demonstration data; none of its cells spans lines. */
export const reviews: readonly string[] = text
  .split('\n')
  .slice(1)
  .flatMap((line) => /^[^,]*,[^,]*,(?:"((?:[^"]|"")*)"|([^,]*)),/.exec(line)?.slice(1, 3) ?? [])
  .filter((cell) => cell !== undefined && cell !== '')
  .map((cell) => cell.replaceAll('""', '"'));

export const classify = (review: string) =>
  `Classify the sentiment of this review as positive, negative or neutral.\nReview: ${review}\nSentiment:`;

export const reply = (review: string) =>
  `Write a one-sentence reply to this positive review.\nReview: ${review}\nReply:`;

export const asJson = (review: string) =>
  `Return JSON with the sentiment and the aspect of this review.\nReview: ${review}\nJSON:`;
