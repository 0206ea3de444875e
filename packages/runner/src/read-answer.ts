import { OllamaError } from '@millrace/errors';
import type { StepOutput } from './step-kind.ts';

/** Says what is wrong with an answer, one sentence each; empty where it fits. */
export type AnswerCheck = (answer: unknown) => readonly string[];

/**
 * The value of a step: the trimmed text, or with `check` the parsed and checked answer.
 *
 * A whole JSON value counts even where the model was stopped right behind it; of a number nobody can tell whether it is whole.
 *
 * @throws {OllamaError} `OUTPUT_TRUNCATED`, `ANSWER_INVALID`; both keep the text.
 */
export function readAnswer(output: StepOutput, check: AnswerCheck | undefined): unknown {
  if (!check) {
    if (output.truncated) throw truncated(output);
    return output.text.trim();
  }
  const parsed = parseJson(output.text);
  const problems = parsed ? check(parsed.value) : ['it is not JSON'];
  const isWhole = !output.truncated || typeof parsed?.value !== 'number';
  if (parsed && problems.length === 0 && isWhole) return parsed.value;
  if (output.truncated) throw truncated(output);
  const { text, thinking } = output;
  throw new OllamaError(
    'ANSWER_INVALID',
    `The answer does not fit \`returns\`: ${problems.join('; ')}. It was: ${shorten(text)}`,
    { partial: { text, thinking }, problems },
  );
}

/**
 * The error of a step for which `ensure` is false.
 *
 * @param answer Absent where no model gave the value, which would be the same again.
 */
export function notEnsured(ensure: string, value: unknown, answer: StepOutput | undefined): OllamaError {
  const problems = [`this must be true of it: ${ensure}`];
  const text = answer?.text ?? JSON.stringify(value) ?? 'null';
  const partial = answer && { text, thinking: answer.thinking };
  return new OllamaError(
    'ANSWER_INVALID',
    `\`ensure\` is false: ${ensure}. The value was: ${shorten(text)}`,
    { partial, problems },
    answer ? {} : { retry: null },
  );
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function truncated({ text, thinking, usage }: StepOutput): OllamaError {
  return new OllamaError(
    'OUTPUT_TRUNCATED',
    `The answer was cut after ${usage.outputTokens} tokens: ${shorten(text)}`,
    {
      partial: { text, thinking },
    },
  );
}

const shorten = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
