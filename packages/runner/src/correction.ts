import type { RejectedAnswer } from './step-kind.ts';

/** A model that went astray may have written pages; its beginning shows the fault, and leaves room in the context. */
const longestQuote = 2000;

/** The refused answer, cut to a length that leaves room for another. */
export const quoteOf = ({ text }: RejectedAnswer): string =>
  text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;

/** What a model is told that has to answer again. */
export const correctionOf = ({ problems }: RejectedAnswer): string =>
  `This answer cannot be used: ${problems.join('; ')}. Answer again, and give nothing but the corrected answer.`;
