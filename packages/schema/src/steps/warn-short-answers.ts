import { estimateTokens } from '../expressions/estimate-tokens.ts';
import type { Findings } from '../findings.ts';
import type { StepReturns } from '../returns/check-returns.ts';
import { exampleAnswer } from '../returns/example-answer.ts';
import { mapIn } from '../yaml-map.ts';
import type { TypedStep } from './type-steps.ts';

/** Warns where even a short answer to `returns` needs more tokens than `num_predict` allows: it would be cut, and be no JSON. */
export function warnShortAnswers(
  steps: readonly TypedStep[],
  returns: ReadonlyMap<string, StepReturns>,
  findings: Findings,
): void {
  for (const { id, value } of steps) {
    const schema = returns.get(id);
    const options = mapIn(value.options) ?? {};
    const key = Object.hasOwn(options, 'num_predict') ? 'num_predict' : 'max_tokens';
    const allowed = options[key];
    if (typeof schema !== 'object' || typeof allowed !== 'number' || allowed < 1) continue;
    const example = JSON.stringify(exampleAnswer(schema));
    const needed = estimateTokens(example);
    if (needed <= allowed) continue;
    findings.add(['steps', id, 'options', key], 'value', {
      code: 'ANSWER_CUT',
      severity: 'warning',
      message: `A short answer of this shape has about ${needed} tokens, and only ${allowed} are allowed: \`${shorten(example)}\`.`,
      hint: `Allow ${Math.ceil((needed * 2) / 10) * 10} or more: an answer that is cut is no JSON.`,
    });
  }
}

const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
