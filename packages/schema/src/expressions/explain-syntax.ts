import type { ExpressionProblem } from './problem.ts';

/** Words and signs of other languages, with what to write instead. */
const foreign: Readonly<Record<string, string>> = {
  '=': 'Compare with `==`.',
  '===': 'Compare with `==`.',
  '&': 'Write `&&`.',
  '|': 'Write `||`; functions are called as `x.trim()`.',
  and: 'Write `&&`.',
  or: 'Write `||`.',
  not: 'Write `!`.',
  is: 'Compare with `==`.',
  if: 'Write `condition ? value : otherwise`.',
  '`': 'A text stands in `"` or in `\'`.',
  '“': 'A text stands in `"` or in `\'`.',
  '”': 'A text stands in `"` or in `\'`.',
  '‘': 'A text stands in `"` or in `\'`.',
  '’': 'A text stands in `"` or in `\'`.',
  '??': 'Write `default(x, otherwise)`.',
  '?': 'Write `default(x, otherwise)`, or `condition ? value : otherwise`.',
  $: 'Within an expression, names stand as they are, without `${…}`.',
  ';': 'An expression is one value, and has no `;`.',
};

const tokenNames: Readonly<Record<string, string>> = {
  EOF: 'the end',
  NUMBER: 'a number',
  STRING: 'a text',
  BOOLEAN: '`true` or `false`',
  NULL: '`null`',
  IDENTIFIER: 'a name',
  LPAREN: '`(`',
  RPAREN: '`)`',
  LBRACKET: '`[`',
  RBRACKET: '`]`',
  LBRACE: '`{`',
  RBRACE: '`}`',
  DOT: '`.`',
  COMMA: '`,`',
  COLON: '`:`',
  QUESTION: '`?`',
  IN: '`in`',
};

type Range = { readonly start: number; readonly end: number };

/** Says what cel-js's parser stumbled over, and what was probably meant. */
export function explainSyntax(
  error: { readonly code: string; readonly summary: string },
  code: string,
  range: Range,
): ExpressionProblem {
  const found = code.slice(range.start, range.end);
  const problem = (message: string, hint = ''): ExpressionProblem => ({
    ...range,
    code: 'EXPRESSION_SYNTAX',
    message,
    hint: hint || foreignHint(code, range),
  });
  if (code.trim() === '') {
    const whole = { start: -2, end: code.length + 1 };
    const message = 'There is no expression between `${` and `}`.';
    return { ...whole, code: 'EXPRESSION_SYNTAX', message, hint: 'A literal `${` is written `$${`.' };
  }
  const inner = /^\s*\{([^{}:]*)\}\s*$/.exec(code)?.[1];
  if (inner !== undefined) {
    return {
      start: 0,
      end: code.length,
      code: 'EXPRESSION_SYNTAX',
      message: 'These braces are one pair too many.',
      hint: `Write \`\${${inner.trim()}}\`.`,
    };
  }
  switch (error.code) {
    case 'expected_token': {
      const [, wanted = '', got = ''] = /^Expected (\w+), got (\w+)$/.exec(error.summary) ?? [];
      if (wanted === 'IDENTIFIER' && /^(in|true|false|null)$/.test(found)) {
        return problem(
          `\`${found}\` is a word of the language and cannot stand behind a dot.`,
          `Write \`["${found}"]\`.`,
        );
      }
      return problem(`Here ${name(wanted)} is missing${got === 'EOF' ? '' : `; there is \`${found}\``}.`);
    }
    case 'unexpected_token':
      return problem(found === '' ? 'The expression ends too early.' : `\`${found}\` cannot stand here.`);
    case 'unexpected_character':
      return problem(`\`${found}\` cannot stand here.`);
    case 'reserved_identifier':
      return problem(`\`${found}\` is a word of the language and no name.`);
    case 'limit_exceeded':
      return {
        ...range,
        code: 'EXPRESSION_SYNTAX',
        message: 'The expression is too long or nested too deeply.',
        hint: '',
      };
    case 'unterminated_string':
    case 'unterminated_triple_quoted_string':
    case 'newline_in_string':
      return problem('This text has no closing quote.');
    case 'invalid_macro_argument':
      return problem(
        `This needs a name for each item first: ${error.summary.split(' ')[0]?.startsWith('has') ? '`has(value.field)`' : '`list.map(x, x.name)`'}.`,
      );
    default:
      return problem(`${error.summary}.`);
  }
}

const name = (token: string): string => tokenNames[token] ?? token.toLowerCase();

/** Looks at the word or the signs at the place, and at those before it. */
function foreignHint(code: string, { start, end }: Range): string {
  const signs = /[=&|?$;`“”‘’]+/y;
  signs.lastIndex = start;
  const sign = signs.exec(code)?.[0] ?? '';
  const before = /(\w+|[?&|])\s*$/.exec(code.slice(0, start))?.[1] ?? '';
  const meant = [sign, code.slice(start, end), sign[0] ?? '', before].find((text) => Object.hasOwn(foreign, text));
  return meant === undefined ? '' : (foreign[meant] ?? '');
}
