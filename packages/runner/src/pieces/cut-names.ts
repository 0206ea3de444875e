import type { PlannedStep } from '@millrace/schema';
import type { Names } from '../step-runner.ts';
import { cutValue } from './cut-value.ts';
import { type CuttableValue, longestValues } from './longest-values.ts';
import { promptTokens } from './prompt-tokens.ts';
import { withValueAt } from './value-at.ts';

/** A shorter piece has nothing to say that would be worth a call. */
const shortestPiece = 16;
/** Values that are tried: each takes a rendering. */
const tried = 8;
/** For what is rounded. */
const spare = 2;

/** How much a piece may have. */
export interface PieceSize {
  /** Tokens of a prompt with a piece in it. */
  readonly room: number;
  /** The server has refused the prompt, whatever was estimated: a piece has no more than half of what is cut. */
  readonly isHalved: boolean;
}

/**
 * The names of several prompts in place of those of one: in each, a piece stands for the longest text, or list, that the prompt reads and
 * without which it would fit. Undefined where there is none.
 */
export function cutNames(step: PlannedStep, names: Names, size: PieceSize): readonly Names[] | undefined {
  const whole = promptTokens(step, names);
  if (whole === undefined) return undefined;
  for (const longest of longestValues([step.body, step.system], names).slice(0, tried)) {
    const most = tokensOfPiece(step, names, longest, whole, size);
    const pieces = most < shortestPiece ? [] : cutValue(longest.value, most);
    if (pieces.length < 2) continue;
    return pieces.map((piece) => withValueAt(names, longest.path, piece) as Names);
  }
  return undefined;
}

/** How long a piece may be; it counts in the prompt as often as it is read, and as it is written there. */
function tokensOfPiece(
  step: PlannedStep,
  names: Names,
  { path, value, tokens }: CuttableValue,
  whole: number,
  { room, isHalved }: PieceSize,
): number {
  const rest = promptTokens(step, withValueAt(names, path, typeof value === 'string' ? '' : []) as Names);
  if (rest === undefined || rest >= whole) return 0;
  const each = (whole - rest) / tokens;
  const fitting = Math.floor((room - rest) / each) - spare;
  return isHalved ? Math.min(fitting, Math.ceil(tokens / 2)) : fitting;
}
