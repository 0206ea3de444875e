import type { TextFinding } from './check-text.ts';
import type { TemplatePart } from './scan-template.ts';
import type { Scope } from './scope.ts';

/** `{{ row.text }}` of other tools, and `{row.text}`; the first word is captured. */
const foreign = /\{\{-?\s*([a-z_]\w*)\b([^{}\n]*?)-?\}\}|(?<!\$)\{\s*(row|inputs|steps)(\.\w+)\s*\}/g;

/** Warns of what looks like the template of another tool and names something that could be read: it would be sent as it is. */
export function foreignTemplates(text: string, parts: readonly TemplatePart[], scope: Scope): readonly TextFinding[] {
  if (!hasBraces(text)) return [];
  const expressions = parts.flatMap((part) => (part.type === 'text' ? [] : [part]));
  return [...text.matchAll(foreign)].flatMap((match) => {
    const start = match.index;
    const name = match[1] ?? match[3] ?? '';
    const isInside = expressions.some((part) => start >= part.start - 2 && start <= part.end);
    if (isInside || !Object.hasOwn(scope.names, name)) return [];
    const read = `${name}${(match[2] ?? match[4] ?? '').split('|')[0]?.trimEnd()}`;
    return [
      {
        code: 'TEMPLATE_FOREIGN',
        severity: 'warning',
        message: `\`${match[0]}\` is no expression, and stays in the text as it is.`,
        hint: `Write \`\${${read}}\`.`,
        part: { start, end: start + match[0].length },
      } as const,
    ];
  });
}

/** Whether there is a brace that opens no expression, which takes less time to see than whether one opens a template. */
function hasBraces(text: string): boolean {
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) {
    if (text[at - 1] !== '$') return true;
  }
  return false;
}
