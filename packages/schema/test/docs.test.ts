import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { problems, workflowOf } from './support/check.ts';
import { evaluate } from './support/evaluate.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/workflows.md', import.meta.url)), 'utf8');

/** The cells of the rows of a table below a heading. */
function tableBelow(heading: string): readonly (readonly string[])[] {
  const [section = ''] = page
    .slice(page.indexOf(`### ${heading}\n`))
    .slice(1)
    .split(/\n##/);
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

describe('the functions of docs/workflows.md give what the page says', () => {
  const rows = tableBelow('Functions').map(([, , example, value]) => [code(example), code(value)] as const);
  test.each(rows)('%s is %s', async (example, value) => {
    expect(await evaluate(`\${${example}}`)).toEqual(JSON.parse(value));
  });
});

test('docs/workflows.md has every form of every function, and no other', async () => {
  const forms = tableBelow('Functions').map(([form]) => code(form));
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
  expect(names).toHaveLength(27);
});

test('the shorthand of docs/workflows.md is taken', async () => {
  const cells = tableBelow('Returns').map(([written]) => written ?? '');
  const types = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, type]) => type as string));
  expect(types.length).toBeGreaterThan(8);
  for (const returns of types) {
    const { steps } = await workflowOf(JSON.stringify({ model: 'm', steps: { a: { generate: 'hi', returns } } }));
    expect(steps[0]?.returns).toBeDefined();
  }
});
