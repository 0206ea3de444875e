import type { Finding } from '../source/source.ts';
import type { TextRange } from '../source/text-lines.ts';
import { foreignTemplates } from './foreign-templates.ts';
import type { CheckedExpression } from './language.ts';
import { scanTemplate, type UnclosedExpression } from './scan-template.ts';
import type { Scope } from './scope.ts';
import { type Expected, wrongType } from './wrong-type.ts';

/** Something wrong in a text, with the part of its value that is wrong; the whole text where there is none. */
export type TextFinding = Finding & { readonly part?: TextRange };

/** What is wrong with the expressions of one text, and what they read. */
export interface CheckedText {
  readonly findings: readonly TextFinding[];
  readonly expressions: readonly CheckedExpression[];
}

/** Checks the `${…}` of one text. */
export function checkText(text: string, expected: Expected, scope: Scope): CheckedText {
  const check = scope.checkerOf(text);
  const scanned = scanTemplate(text);
  if ('unclosedAt' in scanned) return { findings: [unclosed(scanned)], expressions: [] };
  const isBlank = ({ type, text: piece }: { type: string; text?: string }) => type === 'text' && piece?.trim() === '';
  const parts = expected === 'condition' ? scanned.filter((part) => !isBlank(part)) : scanned;
  const isWhole = parts.length === 1;
  const findings: TextFinding[] = [...foreignTemplates(text, scanned, scope)];
  const expressions: CheckedExpression[] = [];
  for (const part of parts) {
    if (part.type === 'text') continue;
    const result = check(part.code);
    expressions.push(result);
    const problem = result.problem ?? wrongType(part.code, result, isWhole ? expected : 'any');
    if (!problem) continue;
    const { start, end, ...finding } = problem;
    findings.push({ ...finding, part: { start: part.start + start, end: part.start + Math.max(end, start + 1) } });
  }
  if (expected === 'condition' && !(isWhole && expressions.length === 1))
    findings.push(noCondition(text, expressions.length));
  return { findings, expressions };
}

function unclosed({ unclosedAt, quoteAt }: UnclosedExpression): TextFinding {
  const code = 'EXPRESSION_SYNTAX';
  if (quoteAt !== undefined) {
    const part = { start: quoteAt, end: quoteAt + 1 };
    return {
      code,
      message: 'This quote is never closed, nor is the `${` before it.',
      hint: 'Add the closing quote.',
      part,
    };
  }
  const part = { start: unclosedAt, end: unclosedAt + 2 };
  return { code, message: 'This `${` is never closed.', hint: 'Add the `}`; a literal `${` is written `$${`.', part };
}

function noCondition(text: string, expressions: number): TextFinding {
  const around = 'Write one `${…}` around the whole condition.';
  if (expressions > 0) {
    return { code: 'EXPRESSION_TYPE', message: 'A condition is one expression and nothing else.', hint: around };
  }
  const code = text.trim();
  if (code === '')
    return { code: 'EXPRESSION_TYPE', message: 'This condition is empty.', hint: 'Remove the key, or write `${…}`.' };
  const hint = code.length > 60 || code.includes('\n') ? around : `Write \`\${${code}}\`.`;
  return { code: 'EXPRESSION_TYPE', message: 'A condition is an expression in `${…}`, and this is a text.', hint };
}
