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

/** A `${` whose `}` is missing. */
export interface UnclosedExpression {
  /** The offset of the `$`. */
  readonly unclosedAt: number;
  /** Where the cause is a text that has no closing quote: the offset of its first. */
  readonly quoteAt?: number;
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
  for (let next = template.indexOf('${'); next >= 0; next = template.indexOf('${', at)) {
    if (template[next - 1] === '$' && next > at) {
      text += `${template.slice(at, next - 1)}\${`;
      at = next + 2;
      continue;
    }
    const end = closingBrace(template, next + 2);
    if (typeof end === 'object') return { unclosedAt: next, ...end };
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

/** The offset of the brace that closes an expression; else that of a quote which is never closed, where there is one. */
function closingBrace(template: string, start: number): number | { readonly quoteAt?: number } {
  let depth = 0;
  let at = start;
  while (at < template.length) {
    const char = template[at] as string;
    if (char === '"' || char === "'") {
      const end = endOfString(template, at, char);
      if (end === undefined) return { quoteAt: at };
      at = end;
      continue;
    }
    if (char === '/' && template[at + 1] === '/') {
      const lineEnd = template.indexOf('\n', at);
      if (lineEnd < 0) return {};
      at = lineEnd;
    } else if (char === '{') depth++;
    else if (char === '}' && depth-- === 0) return at;
    at++;
  }
  return {};
}

/** The offset behind a CEL string; in one with single quotes a line break is none. As in cel-js, `\` escapes in raw strings too. */
function endOfString(template: string, start: number, quote: string): number | undefined {
  const fence = template.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
  let at = start + fence.length;
  while (at < template.length) {
    if (template.startsWith(fence, at)) return at + fence.length;
    if (fence.length === 1 && template[at] === '\n') return undefined;
    at += template[at] === '\\' ? 2 : 1;
  }
  return undefined;
}
