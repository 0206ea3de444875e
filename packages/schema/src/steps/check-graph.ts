import type { Findings } from '../findings.ts';
import { findCycles } from './step-graph.ts';

/** What the steps and `save.fields` read, by the names in their expressions. */
export interface ReadNames {
  /** By step; in the order of the file. */
  readonly bySteps: ReadonlyMap<string, ReadonlySet<string>>;
  /** Undefined where `save` has no fields, which saves every step. */
  readonly bySave: ReadonlySet<string> | undefined;
  /** Steps whose value is used where no expression reads it: compared with a label, or saved as a reduce. */
  readonly used: ReadonlySet<string>;
}

/** Reports steps that wait for each other. */
export function checkCycles({ bySteps }: ReadNames, findings: Findings): void {
  const steps = [...bySteps].map(([id, names]) => ({ id, waitsFor: names }));
  for (const cycle of findCycles(steps)) {
    const [first] = cycle as [string];
    const message =
      cycle.length === 1
        ? `The step \`${first}\` reads itself, and has no value before it has run.`
        : `The steps read each other in a circle: ${[...cycle, first].join(' → ')}.`;
    findings.add(['steps', first], 'key', { code: 'CYCLE', message, hint: 'Take one of these references out.' });
  }
}

/** A step costs tokens: one whose value goes nowhere is most likely a slip. */
export function warnUnused({ bySteps, bySave, used }: ReadNames, findings: Findings): void {
  if (!bySave) return;
  const read = new Set([...bySave, ...[...bySteps].flatMap(([id, names]) => [...names].filter((name) => name !== id))]);
  for (const id of bySteps.keys()) {
    if (read.has(id) || used.has(id)) continue;
    findings.add(['steps', id], 'key', {
      code: 'STEP_UNUSED',
      severity: 'warning',
      message: `Nothing reads or saves \`${id}\`.`,
      hint: `Save it with \`${id}: \${${id}}\` below \`save.fields\`, or remove the step.`,
    });
  }
}
