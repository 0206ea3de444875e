import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { problems, workflowOf } from './support/check.ts';
import { runs } from './support/runs.ts';

/** A workflow in which each step reads the ones listed. */
const flow = (reads: Readonly<Record<string, readonly string[]>>): string =>
  JSON.stringify({
    model: 'm',
    steps: Object.fromEntries(
      Object.entries(reads).map(([id, names]) => [
        id,
        { generate: `hi ${names.map((name) => `\${${name}}`).join(' ')}` },
      ]),
    ),
  });

const orderOf = async (reads: Readonly<Record<string, readonly string[]>>): Promise<string> =>
  (await workflowOf(flow(reads))).steps.map(({ id }) => id).join(' ');

describe('steps stand in an order in which each is behind what it reads', () => {
  test.each([
    ['that of the file where they are free', { c: [], a: [], b: [] }, 'c a b'],
    ['turned round where the file is', { c: ['b'], b: ['a'], a: [] }, 'a b c'],
    ['a diamond', { end: ['left', 'right'], left: ['start'], right: ['start'], start: [] }, 'start left right end'],
    ['as near to the file as can be', { x: [], c: ['a'], y: [], a: [], z: [] }, 'x y a c z'],
  ])('%s', async (_, reads, order) => {
    expect(await orderOf(reads)).toBe(order);
  });

  test('any graph without circles', async () => {
    const graphs = fc.integer({ min: 1, max: 12 }).chain((size) =>
      fc.record({
        reads: fc.array(fc.array(fc.nat(size - 1), { maxLength: 4 }), { minLength: size, maxLength: size }),
        file: fc.shuffledSubarray(
          Array.from({ length: size }, (_, index) => index),
          { minLength: size },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(graphs, async ({ reads, file }) => {
        // Only what has a smaller number is read, so that there is no circle.
        const steps = file.map(
          (at) => [`s${at}`, (reads[at] ?? []).filter((other) => other < at).map((other) => `s${other}`)] as const,
        );
        const { steps: planned } = await workflowOf(flow(Object.fromEntries(steps)));
        expect(planned.map(({ id }) => id).sort()).toEqual(steps.map(([id]) => id).sort());
        planned.forEach(({ waitsFor }, index) => {
          const before = planned.slice(0, index).map(({ id }) => id);
          expect(waitsFor.filter((id) => !before.includes(id))).toEqual([]);
        });
      }),
      { numRuns: runs(100) },
    );
  });

  test('any graph with circles has each of them reported, and no step twice', async () => {
    const graphs = fc
      .integer({ min: 1, max: 8 })
      .chain((size) => fc.array(fc.array(fc.nat(size - 1), { maxLength: 3 }), { minLength: size, maxLength: size }));
    await fc.assert(
      fc.asyncProperty(graphs, async (reads) => {
        const steps = Object.fromEntries(reads.map((names, at) => [`s${at}`, names.map((name) => `s${name}`)]));
        const found = await problems(flow(steps));
        const named = found.flatMap(({ code, message }) => {
          expect(code).toBe('CYCLE');
          const members = message.match(/s\d/g) ?? [];
          return message.includes('circle') ? members.slice(0, -1) : members;
        });
        expect(new Set(named).size).toBe(named.length);
        const broken = Object.fromEntries(Object.entries(steps).filter(([id]) => !named.includes(id)));
        const left = Object.fromEntries(
          Object.entries(broken).map(([id, names]) => [id, names.filter((name) => name in broken)]),
        );
        // Without the circles that were named there may be others, but where none was named there is none.
        if (found.length === 0) expect(await orderOf(left)).not.toBe('');
        else for (const id of named) expect(reachesItself(id, steps)).toBe(true);
      }),
      { numRuns: runs(200) },
    );
  });

  test('a chain of a thousand steps', async () => {
    const size = 1000;
    const chain = Object.fromEntries(
      Array.from({ length: size }, (_, at) => [`s${at}`, at + 1 < size ? [`s${at + 1}`] : []]),
    );
    const order = (await orderOf(chain)).split(' ');
    expect(order).toHaveLength(size);
    expect(order[0]).toBe(`s${size - 1}`);
  });
});

function reachesItself(id: string, steps: Readonly<Record<string, readonly string[]>>): boolean {
  const seen = new Set<string>();
  const open = [...(steps[id] ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === id) return true;
    if (!seen.has(next)) open.push(...(steps[next] ?? []));
    seen.add(next);
  }
  return false;
}
