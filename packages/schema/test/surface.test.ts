import { expect, test } from '@jest/globals';
import * as schema from '@millrace/schema';

test('the package exports exactly this', () => {
  expect(Object.keys(schema).sort()).toEqual([
    'composeSchema',
    'createAnswerValidator',
    'createChecker',
    'diagnosticCodes',
    'didYouMean',
    'endOfTokens',
    'estimateTokens',
    'fileBeside',
    'hasErrors',
    'ollamaOptions',
    'pathParts',
    'rowFile',
    'truncate',
    'wholeFile',
  ]);
});

test('only errors keep a workflow from running', () => {
  const diagnostic = {
    file: 'a',
    path: '',
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
    code: 'CYCLE',
    message: '',
    hint: '',
  } as const;
  expect(schema.hasErrors([])).toBe(false);
  expect(schema.hasErrors([{ ...diagnostic, severity: 'warning' }])).toBe(false);
  expect(
    schema.hasErrors([
      { ...diagnostic, severity: 'warning' },
      { ...diagnostic, severity: 'error' },
    ]),
  ).toBe(true);
});

test('every diagnostic code is explained in a sentence', () => {
  for (const meaning of Object.values(schema.diagnosticCodes)) expect(meaning).toMatch(/^[A-Z].*\.$/);
});
