import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { problems, workflowOf } from './support/check.ts';
import { evaluate } from './support/evaluate.ts';

const pageOf = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url)), 'utf8');

/** The cells of the rows of the tables below a heading, those of smaller headings with it. */
function tableBelow(page: string, heading: string): readonly (readonly string[])[] {
  const start = page.indexOf(`${heading}\n`);
  const level = /^#+/.exec(heading)?.[0] ?? '';
  const [section = ''] = page.slice(start + level.length).split(new RegExp(`\n#{1,${level.length}} `));
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .replaceAll('\\|', '¦')
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('¦', '|')),
  );
}

const code = (cell = ''): string => cell.replace(/^`(.*)`$/, '$1');

const expressions = pageOf('expressions.md');
const functions = tableBelow(expressions, '## Functions');

describe('the functions of docs/expressions.md give what the page says', () => {
  const rows = functions.map((cells) => [code(cells[4]), code(cells[5])] as const);
  test.each(rows)('%s is %s', async (example, value) => {
    expect(await evaluate(`\${${example}}`, { files: { 'tone.txt': 'Be kind.' } })).toEqual(JSON.parse(value));
  });
});

describe('the values of docs/expressions.md are what the page says', () => {
  const rows = tableBelow(expressions, '## Values').map((cells) => [code(cells[0]), cells[1]] as const);
  test.each(rows)('%s is %s', async (example, value = '') => {
    const result = evaluate(`\${${example}}`);
    if (value === 'an error') await expect(result).rejects.toThrow(/EXPRESSION_|FUNCTION_UNKNOWN|failed:/);
    else expect(await result).toEqual(JSON.parse(code(value)));
  });
});

test('docs/expressions.md says for every function what it takes, and what becomes of null', () => {
  for (const [form, gives, types, onNull, ...others] of functions) {
    expect([form, gives, types, onNull].every((cell) => cell !== undefined && cell !== '')).toBe(true);
    expect(types).toMatch(/^[a-z, ]+ → [a-z, ]+$/);
    expect(others).toHaveLength(2);
  }
});

test('docs/expressions.md has every form of every function, and no other', async () => {
  const forms = functions.map(([form]) => code(form));
  expect(new Set(forms).size).toBe(forms.length);
  // The hint for a wrong call names the forms.
  const names = [...new Set(forms.map((form) => /(\w+)\(/.exec(form)?.[1] ?? ''))];
  for (const name of names) {
    const own = forms.filter((form) => form.includes(`${name}(`) && new RegExp(`\\b${name}\\(`).test(form));
    const call = own.some((form) => form.startsWith(name)) ? `${name}(1, 2, 3, 4)` : `"a".${name}(1, 2, 3, 4)`;
    const [found] = await problems(JSON.stringify({ model: 'm', steps: { a: { generate: `\${${call}}` } } }));
    expect(found).toMatchObject({
      code: 'FUNCTION_UNKNOWN',
      hint: `It is called as ${own.map((form) => `\`${form}\``).join(' or ')}.`,
    });
  }
  const [unknown] = await problems(JSON.stringify({ model: 'm', steps: { a: { generate: '${nothingOfTheKind()}' } } }));
  expect(unknown?.hint).toMatch(/^There is /);
  expect(names).toHaveLength(29);
  // The guide names those that stand before their value.
  for (const name of names.filter((name) => forms.some((form) => form.startsWith(`${name}(`))))
    expect(pageOf('workflows.md')).toContain(`\`${name}\``);
});

test('the shorthand of docs/workflows.md is taken', async () => {
  const cells = tableBelow(pageOf('workflows.md'), '### Returns').map(([written]) => written ?? '');
  const types = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, type]) => type as string));
  expect(types.length).toBeGreaterThan(8);
  for (const returns of types) {
    const { steps } = await workflowOf(JSON.stringify({ model: 'm', steps: { a: { generate: 'hi', returns } } }));
    expect(steps[0]?.returns).toBeDefined();
  }
});
