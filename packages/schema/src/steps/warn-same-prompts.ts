import type { Findings } from '../findings.ts';
import { stepsNamed } from './steps-named.ts';
import type { TypedStep } from './type-steps.ts';

const namesOfRow = new Set(['row', 'key', 'index']);

/**
 * Warns of prompts that are the same for every row: neither they nor a step they read uses it. To be called where there are rows.
 *
 * @param asked By step, what its prompt reads.
 */
export function warnSamePrompts(
  steps: readonly TypedStep[],
  asked: ReadonlyMap<string, ReadonlySet<string>>,
  column: string | undefined,
  findings: Findings,
): void {
  const inputs = steps.map((step) => {
    const names = new Set([...(asked.get(step.id) ?? []), ...stepsNamed(step)]);
    return { step, names };
  });
  const using = usersOf(new Map(inputs.map(({ step, names }) => [step.id, names])));
  const same = new Map(
    inputs.filter(({ step }) => isAsked(step) && !using.has(step.id)).map((one) => [one.step.id, one]),
  );
  for (const { step, names } of same.values()) {
    const [kind = ''] = step.kinds;
    if ([...names].some((name) => same.has(name))) continue; // the other one is the cause
    findings.add(['steps', step.id, kind], 'key', {
      code: 'ROW_UNUSED',
      severity: 'warning',
      message: `\`${step.id}\` is asked the same for every row: it never reads the row.`,
      hint: `Read a column in it, such as \`\${row.${column ?? 'text'}}\`.`,
    });
  }
}

const isAsked = ({ kind, isReduce }: TypedStep): boolean => kind !== undefined && kind.asksModel !== false && !isReduce;

/** The steps that use the row, by themselves or through another. */
function usersOf(names: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const readers = new Map<string, string[]>();
  const ready: string[] = [];
  for (const [id, read] of names) {
    if ([...read].some((name) => namesOfRow.has(name))) ready.push(id);
    for (const name of read) {
      const known = readers.get(name);
      if (known) known.push(id);
      else readers.set(name, [id]);
    }
  }
  const using = new Set(ready);
  for (const id of ready) {
    for (const reader of readers.get(id) ?? []) {
      if (using.has(reader)) continue;
      using.add(reader);
      ready.push(reader);
    }
  }
  return using;
}
