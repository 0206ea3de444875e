import type { ShownAnswer, ShownFailure, ShownRow } from '@millrace/runner';
import { count, duration } from './figures.ts';
import { oneLine, safeText } from './safe-text.ts';

/** All that was asked and answered for a row, in the order of time. */
export function renderRow(row: ShownRow): string {
  const { key, step, place, status, error, result, answers, failures } = row;
  const what = step === undefined ? `row ${oneLine(key)} (${oneLine(place)})` : `group ${oneLine(key)} of ${step}`;
  const calls = [
    ...answers.map((answer) => ({ at: answer.at, text: answerText(answer) })),
    ...failures.map((failure) => ({ at: failure.at, text: failureText(failure) })),
  ].sort((a, b) => a.at - b.at);
  const parts = [
    `${what}: ${status ?? 'in work'}`,
    ...(error ? [`  error ${error.code}: ${error.message}`, ...causesOf(error)] : []),
    ...(result === undefined ? [] : ['  result', block(JSON.stringify(result, null, 2))]),
    ...calls.map(({ text }) => `\n${text}`),
  ];
  return `${safeText(parts.join('\n'))}\n`;
}

function causesOf({ cause }: NonNullable<ShownRow['error']>): string[] {
  return cause ? [`    because ${cause.code}: ${cause.message}`, ...causesOf(cause)] : [];
}

function answerText(answer: ShownAnswer): string {
  const { host, sent, thinking, text, value, usage, isTruncated } = answer;
  const spent = usage
    ? `: ${count(usage.promptTokens)} tokens in, ${count(usage.outputTokens)} out, ${duration(usage.totalMs)}`
    : '';
  return [
    `${callText(answer)}${host === undefined ? '' : `, ${oneLine(host)}`}${spent}${isTruncated ? ', cut by a limit' : ''}`,
    ...sent.flatMap(({ role, content }) => [`  sent as ${oneLine(role)}`, block(content)]),
    ...(thinking === undefined ? [] : ['  thinking', block(thinking)]),
    ...(text === undefined ? [] : ['  answer', block(text)]),
    ...(value === undefined ? [] : ['  value', block(JSON.stringify(value, null, 2))]),
  ].join('\n');
}

const failureText = (failure: ShownFailure): string =>
  [
    `${callText(failure)}, without an answer that could be used`,
    `  error ${failure.error.code}: ${failure.error.message}`,
    ...causesOf(failure.error),
  ].join('\n');

const callText = ({ step, element, round, piece, attempt }: ShownAnswer | ShownFailure): string =>
  [
    `step ${step}`,
    ...(element === undefined ? [] : [`element ${element + 1}`]),
    ...(round === undefined ? [] : [`round ${round + 1}`]),
    ...(piece === undefined ? [] : [`piece ${piece}`]),
    `attempt ${attempt}`,
  ].join(', ');

const block = (text: string): string => text.replaceAll(/^/gm, '    ');
