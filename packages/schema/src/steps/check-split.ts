import { inferValue } from '../expressions/infer-value.ts';
import type { Scope } from '../expressions/scope.ts';
import { nameOfValueType, type ValueType, withoutNull } from '../expressions/value-type.ts';
import type { Findings } from '../findings.ts';
import type { StepReturns } from '../returns/check-returns.ts';
import { readsText } from './reads-text.ts';
import type { TypedStep } from './type-steps.ts';

/** Why `on_overflow: split` cannot be, and what to write instead. */
interface Reason {
  readonly message: string;
  readonly hint: string;
}

/**
 * Finds `on_overflow: split` where the prompt has no text that could be cut, or where the answers to its pieces could not be put together.
 *
 * @param asked What the prompt may read.
 */
export function checkSplit(step: TypedStep, returns: StepReturns, asked: Scope, findings: Findings): void {
  if (step.value.on_overflow !== 'split' || !step.kind || step.kind.asksModel === false) return;
  const reason = talkReason(step) ?? answerReason(step, returns, asked) ?? textReason(step, asked);
  if (reason) findings.add(['steps', step.id, 'on_overflow'], 'value', { code: 'SPLIT_IMPOSSIBLE', ...reason });
}

function talkReason({ kind, value }: TypedStep): Reason | undefined {
  if (value.continue !== undefined) {
    return {
      message: 'A talk that goes on is one prompt, and cannot be cut into pieces.',
      hint: 'Remove `continue`, or write `on_overflow: truncate`.',
    };
  }
  if (!kind?.continues || typeof value[kind.kind] !== 'string') return undefined;
  return {
    message: 'These messages come from one expression, so that no text of theirs can be cut.',
    hint: 'Write the messages out, such as `- user: ${row.text}`; or write `on_overflow: truncate`.',
  };
}

function answerReason({ kind, value, element }: TypedStep, returns: StepReturns, asked: Scope): Reason | undefined {
  if (value.format !== undefined) {
    return {
      message: 'With `format` an answer is a text of JSON, and several of them are none together.',
      hint: 'Write `returns:` with a list, such as `string[]`, instead of `format`.',
    };
  }
  if (returns === 'unknown') return undefined;
  const type = withoutNull(element);
  if (!isText(type) && !isList(type)) {
    return {
      message: `An answer is ${nameOfValueType(type)} here, and several of them cannot be put together: only texts and lists can.`,
      hint: 'Have it return a text or a list, such as `returns: string[]`; or cut the text in a `split` step, and ask `for` each piece.',
    };
  }
  if (kind?.kind !== 'embed' || !isList(withoutNull(inferValue(value.embed, asked)))) return undefined;
  return {
    message: 'A list of texts has a vector for each, and only a single text can be cut.',
    hint: 'Embed them one by one: `for: LIST` with `embed: ${item}`.',
  };
}

function textReason({ kind, value }: TypedStep, asked: Scope): Reason | undefined {
  const found = [value[kind?.kind ?? ''], value.system].map((part) => readsText(part, asked));
  if (found.includes(undefined) || found.includes(true)) return undefined;
  return {
    message: 'This prompt reads no text that could be cut.',
    hint: 'Read one in it, such as `${row.text}`; or remove `on_overflow`.',
  };
}

const isText = (type: ValueType): boolean => type === 'string';

const isList = (type: ValueType): boolean => typeof type === 'object' && 'list' in type;
