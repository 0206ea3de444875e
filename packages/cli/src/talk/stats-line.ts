import type { Answer } from '@millrace/core';
import { duration, inAndOut, rate } from '../render/figures.ts';

/** What an answer took: `26 tokens in, 298 out · 45.2 tokens/s · load 2.1 s · 9.8 s` */
export function statsLine({ usage }: Answer): string {
  const { outputTokens, outputMs, loadMs, totalMs } = usage;
  return [
    `tokens: ${inAndOut(usage)}`,
    ...(outputMs > 0 ? [`${rate((outputTokens * 1000) / outputMs)} tokens/s`] : []),
    `load ${duration(loadMs)}`,
    `${duration(totalMs)} in all`,
  ].join(' · ');
}

/** That an answer is not whole, which it does not show. */
export const cutNote = ({ doneReason, usage }: Answer): string | undefined =>
  doneReason === 'length'
    ? `The answer was cut after ${usage.outputTokens} tokens, by \`num_predict\` or the end of the window (\`num_ctx\`).`
    : undefined;
