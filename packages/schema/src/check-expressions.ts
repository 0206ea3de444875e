import { rangeInScalar } from './align-scalar.ts';
import type { Language, Names } from './expressions/language.ts';
import { scanTemplate } from './expressions/scan-template.ts';
import type { Findings } from './findings.ts';
import type { Source, TextRange, YamlPath } from './source.ts';

/** Checks the `${…}` of one place, however deep they stand in it. */
export type ExpressionChecker = (path: YamlPath, value: unknown, expected?: 'bool') => void;

/** A checker for places where exactly these names may be read. */
export function createExpressionChecker(
  source: Source,
  findings: Findings,
  language: Language,
  names: Names,
): ExpressionChecker {
  const check = language.checker(names);

  const checkText = (path: YamlPath, text: string, expected?: 'bool'): void => {
    const node = source.nodeAt(path);
    const place = (part: TextRange): TextRange =>
      rangeInScalar(source.text, node, part) ?? source.rangeOf(path, 'value');
    const parts = scanTemplate(text);
    if ('unclosedAt' in parts) {
      const range = place({ start: parts.unclosedAt, end: parts.unclosedAt + 2 });
      findings.addAt(path, range, {
        code: 'EXPRESSION_SYNTAX',
        message: 'This `${` is never closed.',
        hint: 'A literal `${` is written `$${`.',
      });
      return;
    }
    for (const part of parts) {
      if (part.type === 'text') continue;
      const result = check(part.code);
      if ('message' in result) {
        const range = place({
          start: part.start + result.start,
          end: part.start + Math.max(result.end, result.start + 1),
        });
        findings.addAt(path, range, { code: result.code, message: result.message, hint: result.hint });
      } else if (expected === 'bool' && result.type !== 'bool' && result.type !== 'dyn') {
        const message = `This must be true or false, and is a ${result.type === 'double' ? 'number' : result.type}.`;
        findings.addAt(path, place(part), {
          code: 'EXPRESSION_TYPE',
          message,
          hint: 'Compare it with something: `==`, `!=`, `<`, ….',
        });
      }
    }
    if (expected === 'bool' && (parts.length !== 1 || parts[0]?.type !== 'expression')) {
      findings.add(path, 'value', {
        code: 'EXPRESSION_TYPE',
        message: 'This must be one expression and nothing else.',
        hint: 'Write `${…}` around the whole condition.',
      });
    }
  };

  const checkValue: ExpressionChecker = (path, value, expected) => {
    if (typeof value === 'string') checkText(path, value, expected);
    else if (Array.isArray(value))
      value.forEach((item, index) => {
        checkValue([...path, index], item);
      });
    else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) checkValue([...path, key], item);
    }
  };
  return checkValue;
}
