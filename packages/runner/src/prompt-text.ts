import { MillraceError } from '@millrace/errors';

/**
 * A rendered prompt as text; what is no text stands as JSON.
 *
 * @throws {MillraceError} `EXPRESSION_FAILED` for an empty one: Ollama would load the model and answer nothing.
 */
export function promptText(value: unknown): string {
  if (value === null || value === undefined) throw empty('null');
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.trim() === '') throw empty('empty');
  return text;
}

const empty = (what: string): MillraceError =>
  new MillraceError('EXPRESSION_FAILED', `The prompt is ${what}, so there is nothing to ask.`, {
    hint: 'Leave such rows out with `each.where` or `when`.',
  });
