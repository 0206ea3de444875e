/** A piece of a template: text to copy, or the source of an expression with its place. */
export type TemplatePart =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'expression';
      readonly code: string;
      /** Offsets of `code` in the template. */
      readonly start: number;
      readonly end: number;
    };

/** A `${` whose `}` is missing; the offset is that of the `$`. */
export interface UnclosedExpression {
  readonly unclosedAt: number;
}

/**
 * Splits a template into text and `${…}` expressions.
 *
 * `$${` is a literal `${`. The closing brace is found by CEL's own tokens, so that `}` in a string or a map is none.
 */
export function scanTemplate(template: string): readonly TemplatePart[] | UnclosedExpression {
  const parts: TemplatePart[] = [];
  let text = '';
  let at = 0;
  while (at < template.length) {
    const next = template.indexOf('${', at);
    if (next < 0) break;
    if (template[next - 1] === '$' && next > at) {
      text += `${template.slice(at, next - 1)}\${`;
      at = next + 2;
      continue;
    }
    const end = closingBrace(template, next + 2);
    if (end < 0) return { unclosedAt: next };
    text += template.slice(at, next);
    if (text !== '') parts.push({ type: 'text', text });
    text = '';
    parts.push({ type: 'expression', code: template.slice(next + 2, end), start: next + 2, end });
    at = end + 1;
  }
  text += template.slice(at);
  if (text !== '') parts.push({ type: 'text', text });
  return parts;
}

/** The offset of the brace that closes an expression, or -1. */
function closingBrace(template: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < template.length) {
    const char = template[at] as string;
    if (char === '"' || char === "'") {
      at = endOfString(template, at, char);
      continue;
    }
    if (char === '/' && template[at + 1] === '/') {
      const lineEnd = template.indexOf('\n', at);
      if (lineEnd < 0) return -1;
      at = lineEnd;
    } else if (char === '{') depth++;
    else if (char === '}' && depth-- === 0) return at;
    at++;
  }
  return -1;
}

/** The offset behind a CEL string that begins at `start`: plain, raw (`r"…"`) or in triple quotes. */
function endOfString(template: string, start: number, quote: string): number {
  const raw = /[rR]/.test(template[start - 1] ?? '') && !/\w/.test(template[start - 2] ?? '');
  const fence = template.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  let at = start + fence.length;
  while (at < template.length) {
    if (template[at] === '\\' && !raw) at += 2;
    else if (template.startsWith(fence, at)) return at + fence.length;
    else at++;
  }
  return template.length;
}
