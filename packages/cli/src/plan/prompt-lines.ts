import type { RunPlan, ShownPrompt } from '@millrace/runner';
import { count } from '../render/figures.ts';
import type { Paint } from '../render/paint.ts';
import { oneLine, safeText } from '../render/safe-text.ts';

/** Characters and lines of a message that are shown. */
const shownLength = 300;
const shownLines = 6;

/** What the first row would be asked. */
export function promptLines(
  { prompts, rows }: Pick<RunPlan, 'prompts' | 'rows'>,
  { paint, isFull }: { readonly paint: Paint; readonly isFull: boolean },
): string[] {
  if (prompts.length === 0) return [];
  const title = rows.from === 'rows' && rows.read > 0 ? 'prompts of the first row' : 'prompts';
  return [title, ...prompts.flatMap((prompt) => ['', ...linesOf(prompt, paint, isFull)])];
}

function linesOf(prompt: ShownPrompt, paint: Paint, isFull: boolean): string[] {
  const { step, kind, model, runs, tokens, system, messages, error } = prompt;
  const facts = [kind, oneLine(model, 60), ...(tokens > 0 ? [`about ${count(tokens)} tokens`] : [])];
  const head = `  ${paint.place(step)}: ${facts.filter((word) => word !== '').join(', ')}${runs === 'maybe' ? ', if it runs' : ''}`;
  if (runs === 'no') return [`${head}: left out for this row`];
  const texts = [...(system === undefined ? [] : [{ role: 'system', text: system }]), ...messages];
  return [
    head,
    ...texts.flatMap(({ role, text }) => messageLines(role, text, isFull)),
    ...(error ? [`    it cannot be shown: ${oneLine(error.message)}`] : []),
  ];
}

function messageLines(role: string, text: string, isFull: boolean): string[] {
  const lines = safeText(isFull ? text : cut(text)).split('\n');
  const isLong = !isFull && text.length > cut(text).length;
  const rest = isLong ? [`      … ${count(text.length)} characters; --full shows them all`] : [];
  return [`    ${oneLine(role, 20)}:`, ...lines.map((line) => `      ${line}`.trimEnd()), ...rest];
}

const cut = (text: string): string => {
  const lines = text.split('\n').slice(0, shownLines).join('\n');
  return lines.length > shownLength ? [...lines].slice(0, shownLength).join('') : lines;
};
