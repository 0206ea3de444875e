import { isMillraceError, MillraceError } from '@millrace/errors';
import type { Expression, Language } from './language.ts';
import { scanTemplate } from './scan-template.ts';

/** A value of the YAML whose `${…}` are compiled: a text, or a map or list with texts in it. */
export interface Template {
  /** Names that must have a value before this one can be rendered. */
  readonly needed: ReadonlySet<string>;
  /** Names that are read, but may be absent. */
  readonly optional: ReadonlySet<string>;
  /**
   * The value for these names. A text that is one expression keeps the expression's type; inside text, strings appear as they are
   * and the rest as JSON.
   *
   * @throws {MillraceError} `EXPRESSION_FAILED` with the expression and the reason.
   */
  render(values: Readonly<Record<string, unknown>>): unknown;
}

type Render = Template['render'];

/** Compiles a value of the YAML that has been checked; throws where an expression is not CEL. */
export function compileTemplate(value: unknown, language: Language): Template {
  const needed = new Set<string>();
  const optional = new Set<string>();
  const expression = (code: string): Render => {
    const compiled = language.compile(code);
    for (const name of compiled.references.needed) needed.add(name);
    for (const name of compiled.references.optional) optional.add(name);
    return (values) => evaluate(compiled, values);
  };
  const render = compileValue(value, expression);
  return { needed, optional, render };
}

function compileValue(value: unknown, expression: (code: string) => Render): Render {
  if (typeof value === 'string') return compileText(value, expression);
  if (Array.isArray(value)) {
    const items = value.map((item) => compileValue(item, expression));
    return (values) => items.map((item) => item(values));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [key, compileValue(item, expression)] as const);
    return (values) => Object.fromEntries(entries.map(([key, item]) => [key, item(values)]));
  }
  return () => value;
}

function compileText(text: string, expression: (code: string) => Render): Render {
  const parts = scanTemplate(text);
  if ('unclosedAt' in parts) throw new MillraceError('EXPRESSION_FAILED', `A \`\${\` is never closed in: ${text}`);
  const pieces = parts.map((part): string | Render => (part.type === 'text' ? part.text : expression(part.code)));
  const [only] = pieces;
  if (pieces.length === 1 && typeof only === 'function') return only;
  if (pieces.every((piece) => typeof piece === 'string')) return always(pieces.join(''));
  return (values) => pieces.map((piece) => (typeof piece === 'string' ? piece : asText(piece(values)))).join('');
}

const always =
  (value: unknown): Render =>
  () =>
    value;

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null'));

function evaluate(expression: Expression, values: Readonly<Record<string, unknown>>): unknown {
  try {
    return expression.evaluate(values);
  } catch (cause) {
    if (isMillraceError(cause)) throw cause;
    const reason = (cause as { summary?: string }).summary ?? (cause as Error).message;
    throw new MillraceError('EXPRESSION_FAILED', `\`\${${expression.code}}\` failed: ${reason}`, { cause });
  }
}
