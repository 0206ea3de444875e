import { isMillraceError, MillraceError } from '@millrace/errors';
import type { JsonSchema } from '../json-schema.ts';
import { schemaAt } from '../shape/schema-at.ts';
import type { Expression, Language } from './language.ts';
import { plainReason } from './plain-words.ts';
import { scanTemplate } from './scan-template.ts';

/** A value of the YAML whose `${…}` are compiled: a text, or a map or list with texts in it. */
export interface Template {
  /** Names that must have a value before this one can be rendered. */
  readonly needed: ReadonlySet<string>;
  /** Names that are read, but may be absent. */
  readonly optional: ReadonlySet<string>;
  /** The places that are read, such as `row.text` or `classify.score`. */
  readonly paths: ReadonlySet<string>;
  /** As the file has it, where it is a text: what messages name. */
  readonly text?: string;
  /**
   * The value for these names. A text that is one expression keeps the expression's type, where no text is needed; inside text, strings
   * appear as they are and the rest as JSON.
   *
   * @throws {MillraceError} `EXPRESSION_FAILED` with the expression and the reason.
   */
  render(values: Readonly<Record<string, unknown>>): unknown;
}

type Render = Template['render'];

/**
 * Compiles a value of the YAML that has been checked; throws where an expression is not CEL.
 *
 * @param schema Where it says `string`, what an expression gives becomes a text, but for null.
 */
export function compileTemplate(value: unknown, language: Language, schema?: JsonSchema): Template {
  const needed = new Set<string>();
  const optional = new Set<string>();
  const paths = new Set<string>();
  const expression = (code: string): Render => {
    const compiled = language.compile(code);
    for (const name of compiled.references.needed) needed.add(name);
    for (const name of compiled.references.optional) optional.add(name);
    for (const path of compiled.references.paths) paths.add(path);
    return (values) => evaluate(compiled, values);
  };
  const render = compileValue(value, schema, expression);
  for (const name of needed) optional.delete(name);
  return { needed, optional, paths, ...(typeof value === 'string' && { text: value }), render };
}

/** A template of a value that is taken as it is. */
export const literalTemplate = (value: unknown): Template => ({
  needed: new Set(),
  optional: new Set(),
  paths: new Set(),
  render: () => value,
});

function compileValue(value: unknown, schema: JsonSchema | undefined, expression: (code: string) => Render): Render {
  if (typeof value === 'string') return compileText(value, schema?.type === 'string', expression);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => compileValue(item, schemaAt(schema, [index]), expression));
    return (values) => items.map((item) => item(values));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([key, item]) => [key, compileValue(item, schemaAt(schema, [key]), expression)] as const,
    );
    return (values) => Object.fromEntries(entries.map(([key, item]) => [key, item(values)]));
  }
  return () => value;
}

function compileText(text: string, needsText: boolean, expression: (code: string) => Render): Render {
  const parts = scanTemplate(text);
  if ('unclosedAt' in parts) throw new MillraceError('EXPRESSION_FAILED', `A \`\${\` is never closed in: ${text}`);
  const pieces = parts.map((part): string | Render => (part.type === 'text' ? part.text : expression(part.code)));
  const [only] = pieces;
  if (pieces.length === 1 && typeof only === 'function') return needsText ? (values) => textOrNull(only(values)) : only;
  if (pieces.every((piece) => typeof piece === 'string')) {
    const whole = pieces.join('');
    return () => whole;
  }
  return (values) => pieces.map((piece) => (typeof piece === 'string' ? piece : asText(piece(values)))).join('');
}

/** Null stays: what a place makes of no text is its own affair. */
const textOrNull = (value: unknown): string | null => (value === null ? null : asText(value));

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null'));

function evaluate(expression: Expression, values: Readonly<Record<string, unknown>>): unknown {
  try {
    return expression.evaluate(values);
  } catch (cause) {
    if (isMillraceError(cause)) throw cause;
    const { summary, message } = cause as { readonly summary?: string; readonly message: string };
    const reason = summary === undefined ? message : plainReason(summary);
    throw new MillraceError('EXPRESSION_FAILED', `\`\${${expression.code}}\` failed: ${reason}.`, { cause });
  }
}
