import { describe, expect, test } from '@jest/globals';
import { builtInKinds } from '@millrace/runner';
import { composeSchema, type DiagnosticCode } from '@millrace/schema';
import { problems } from './support/check.ts';
import { fixtures } from './support/fixtures.ts';
import { expressionCodes, expressionPositions, otherPositions, textPositions } from './support/language-positions.ts';
import { keyPositions, positionOf, positionOfDiagnostic, positionsOfSchema, type Shown } from './support/positions.ts';

const schema = composeSchema(builtInKinds);
const at = (code: DiagnosticCode, positions: readonly string[]): readonly Shown[] =>
  positions.map((position): Shown => `${code} ${position}`);

const possible: ReadonlySet<Shown> = new Set([
  ...positionsOfSchema(schema),
  ...expressionCodes.flatMap((code) => at(code, expressionPositions)),
  ...at('TEMPLATE_FOREIGN', textPositions),
  ...Object.entries(otherPositions).flatMap(([code, positions]) => at(code as DiagnosticCode, positions)),
]);

describe('the fixtures of spec/invalid', () => {
  const shown = new Set(
    fixtures('invalid').flatMap(({ diagnostics }) =>
      diagnostics.map(
        (diagnostic): Shown => `${diagnostic.code as DiagnosticCode} ${positionOfDiagnostic(diagnostic)}`,
      ),
    ),
  );

  test('show every code at every position where it can occur', () => {
    expect(possible.size).toBeGreaterThan(800);
    expect([...possible].filter((one) => !shown.has(one)).sort()).toEqual([]);
  });

  test('show no code at a position that is not known to have it', () => {
    expect([...shown].filter((one) => !possible.has(one)).sort()).toEqual([]);
  });
});

test('expressions can stand where they are said to, and nowhere else', async () => {
  const found: string[] = [];
  const positions = keyPositions(schema);
  for (const position of positions) {
    const diagnostics = await problems(JSON.stringify(fileWith(position, '${wrng}')));
    const isRead = ({ code, path }: (typeof diagnostics)[number]) =>
      code === 'NAME_UNKNOWN' && positionOf(path) === position;
    if (diagnostics.some(isRead)) found.push(position);
  }
  // Free values have no keys that the schema could tell.
  const known = expressionPositions.filter((position) => positions.has(position));
  expect(known.length).toBeGreaterThan(40);
  expect(found.sort()).toEqual(known.sort());
});

/** A workflow that has this value at a position, and what it needs around it. */
function fileWith(position: string, value: unknown): unknown {
  const parts = [...position.matchAll(/\[\*\]|[^.[]+/g)].map(([part]) => (part === '*' ? 'a' : part));
  const own = parts.reduceRight<unknown>((inner, part) => (part === '[*]' ? [inner] : { [part]: inner }), value);
  const { steps = {}, each, ...rest } = own as Record<string, Record<string, object>>;
  const step = (steps.a ?? {}) as Record<string, unknown>;
  const hasKind = builtInKinds.some(({ kind }) => kind in step);
  const needs = { ...(!hasKind && { generate: 'hi' }), ...('group_by' in step && { over: 'b' }) };
  return {
    model: 'm',
    each: { from: 'rows.csv', ...each },
    ...rest,
    steps: { a: { ...needs, ...step }, b: { generate: 'hi' } },
  };
}
