import { describe, expect, test } from '@jest/globals';
import { diagnosticCodes } from '@millrace/schema';
import { check, inOneLine } from './support/check.ts';
import { fixtures } from './support/fixtures.ts';

const invalid = fixtures('invalid');
const valid = fixtures('valid');

describe('every file of spec/valid is a workflow without any problem', () => {
  test.each(valid.map((fixture) => [fixture.name, fixture] as const))('%s', async (_, { bytes, surroundings }) => {
    const { workflow, diagnostics } = await check(bytes, surroundings);
    expect(diagnostics.map(inOneLine)).toEqual([]);
    expect(workflow).toBeDefined();
  });
});

describe('every file of spec/invalid has exactly the problems beside it', () => {
  test.each(invalid.map((fixture) => [fixture.name, fixture] as const))('%s', async (_, fixture) => {
    const { workflow, diagnostics } = await check(fixture.bytes, fixture.surroundings);
    const found = diagnostics.map(({ file, ...rest }) => {
      expect(file).toBe('workflow.yaml');
      return rest;
    });
    expect(found).toEqual(fixture.diagnostics.map((expected) => expect.objectContaining(expected)));
    expect(fixture.diagnostics.length).toBeGreaterThan(0);
    for (const expected of fixture.diagnostics) {
      expect(Object.keys(expected)).toEqual(
        expect.arrayContaining(['path', 'line', 'column', 'endLine', 'endColumn', 'code', 'severity']),
      );
    }
    const isRunnable = diagnostics.every(({ severity }) => severity === 'warning');
    expect(workflow !== undefined).toBe(isRunnable);
  });
});

test('every diagnostic code is shown by a fixture', () => {
  const shown = new Set(invalid.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)));
  expect(Object.keys(diagnosticCodes).filter((code) => !shown.has(code as keyof typeof diagnosticCodes))).toEqual([]);
});

test('messages are sentences in the present, and hints too', () => {
  const texts = invalid.flatMap(({ diagnostics }) =>
    diagnostics.flatMap(({ message, hint }) => [message, hint || '.']),
  );
  for (const text of texts) expect(text).toMatch(/^[\S\s]*[.?]$/);
});
