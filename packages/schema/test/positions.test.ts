import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { problems } from './support/check.ts';
import { runs } from './support/runs.ts';

/** A word that no expression could read, so that it is found wherever it stands. */
const wrong = 'wrng';

/** Texts with all that YAML treats in its own way: quotes, backslashes, blanks at line ends, empty lines, indented lines, colons. */
const pieces = fc.constantFrom(
  'a',
  'word',
  ' ',
  '  ',
  '\n',
  '\n\n',
  '\n  ',
  '\n\t',
  '\t',
  "'",
  "''",
  '"',
  '\\',
  '\\n',
  ': ',
  ' #',
  '- ',
  '{',
  '}',
  '[',
  ',',
  'é',
  '😀',
  '\u2028',
  '$',
  '$${',
  '|',
  '>',
  '%',
  '@',
  '~',
);
// A dollar before an expression would make a text of it, and one before a brace an expression of the text.
const text = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('').replaceAll(/\$+(?=\{|$)/g, ''));
const expression = fc.constantFrom('${wrng}', '${ wrng }', '${"}" + wrng}', '${wrng.field}', "${'a' == wrng}");
const texts = fc.tuple(text, expression, text, expression, text).map((parts) => parts.join(''));

const file = (scalar: string): string => `model: m\nsteps:\n  first:\n    generate: ${scalar}\n    system: hi\n`;

/** Ways to write a text; undefined where it cannot be written so. */
const styles: Readonly<Record<string, (value: string) => string | undefined>> = {
  'double quotes': (value) => JSON.stringify(value),
  'double quotes with every escape': (value) =>
    `"${[...value].map((char) => (/[\w${}]/.test(char) ? char : escaped(char))).join('')}"`,
  'double quotes, folded': (value) =>
    `"${[...JSON.stringify(value).slice(1, -1)].join('').replaceAll('${', '\\\n      ${')}"`,
  'double quotes over lines': (value) => `"${escapedLines(unpadded(value)).replaceAll('\n', '\n\n     ')}"`,
  'single quotes': (value) => `'${value.replaceAll('\n', ' ').replaceAll("'", "''")}'`,
  'single quotes over lines': (value) => `'${unpadded(value).replaceAll("'", "''").replaceAll('\n', '\n\n     ')}'`,
  'a | block': (value) => block('|', value),
  'a |- block': (value) => block('|-', value),
  'a |+ block with a comment': (value) => block('|+ # comment', value),
  'a > block': (value) => block('>', value),
  'a > block, folded': (value) => block('>-', value.replaceAll(' ${', '\n${')),
};

/** Without blanks beside line breaks, which YAML would drop. */
const unpadded = (value: string): string => value.replaceAll(/[ \t]*\n[ \t]*/g, '\n').trim();

const escaped = (char: string): string =>
  [...char].map((one) => `\\U${(one.codePointAt(0) as number).toString(16).padStart(8, '0')}`).join('');

const escapedLines = (value: string): string =>
  value
    .split('\n')
    .map((line) => JSON.stringify(line).slice(1, -1))
    .join('\n');

/** With the indentation said, so that blanks at the start are none. */
function block(header: string, value: string): string | undefined {
  if (value.trim() === '' || /\u2028/.test(value)) return undefined;
  const [indicator = '', ...rest] = header;
  return `${indicator}2${rest.join('')}\n${value
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')}`;
}

describe('the place of a wrong word is exactly the word, in each way to write a text', () => {
  test.each(Object.keys(styles))('%s', async (style) => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(texts, fc.boolean(), async (value, crlf) => {
        const scalar = styles[style]?.(value);
        if (scalar === undefined) return;
        const source = crlf ? file(scalar).replaceAll('\n', '\r\n') : file(scalar);
        const found = await problems(source);
        // What is no YAML in this style is no matter here.
        if (found.some(({ code }) => code === 'YAML_SYNTAX')) return;
        if (found.some(({ code }) => code === 'EXPRESSION_SYNTAX' || code === 'TYPE_WRONG')) return;
        tried++;
        const names = found.filter(({ code }) => code === 'NAME_UNKNOWN');
        expect(names).toHaveLength(2);
        const lines = source.split(/\r?\n/);
        for (const { line, column, endLine, endColumn, path } of names) {
          expect(path).toBe('steps.first.generate');
          expect(endLine).toBe(line);
          const under = lines[line - 1]?.slice(column - 1, endColumn - 1) ?? '';
          expect(under).toBe(wrong);
        }
        const [first, second] = names;
        expect([first?.line, first?.column]).not.toEqual([second?.line, second?.column]);
      }),
      { numRuns: runs(150) },
    );
    expect(tried).toBeGreaterThan(30);
  });
});

test('a plain text, on one line and on several', async () => {
  const words = fc.array(fc.constantFrom('a', "it's", '"quoted"', 'x:y', '#', 'é', '${wrng}', '😀', '-', 'a#b'), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(words, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('\n      ', '\n\n      ', '  \n\t      ', ' \r\n      '),
      async (lines, separator) => {
        const scalar = `a ${lines.map((line) => line.join(' ')).join(separator)}`.replaceAll(/(\s)#/g, '$1a');
        const source = file(scalar);
        const found = await problems(source);
        if (found.some(({ code }) => code === 'YAML_SYNTAX')) return;
        const places = found.map(({ line, column, endColumn }) =>
          source.split('\n')[line - 1]?.slice(column - 1, endColumn - 1),
        );
        expect(places).toEqual(places.map(() => wrong));
        expect(places).toHaveLength(scalar.split('${wrng}').length - 1);
      },
    ),
    { numRuns: runs(300) },
  );
});

test('an expression over several lines is marked from its start to its end', async () => {
  const source = 'model: m\nsteps:\n  first:\n    generate: |\n      ${1 +\n        "a"} b\n';
  expect(await problems(source)).toMatchObject([
    { code: 'EXPRESSION_TYPE', line: 5, column: 9, endLine: 6, endColumn: 12 },
  ]);
});
