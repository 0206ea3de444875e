import type { Findings } from '../findings.ts';
import { findCycles, wayTo } from './step-graph.ts';
import type { StandIns } from './steps-named.ts';

/** What the steps and `save.fields` read, by the names in their expressions. */
export interface ReadNames {
  /** By step; in the order of the file. */
  readonly bySteps: ReadonlyMap<string, ReadonlySet<string>>;
  /** By step that stands in for others, those of them that it can do without: it waits for them unless it was called in their place. */
  readonly byStandIns: ReadonlyMap<string, ReadonlySet<string>>;
  /** Undefined where `save` has no fields, which saves every step. */
  readonly bySave: ReadonlySet<string> | undefined;
  /** Steps whose value is used where no expression reads it: compared with a label, or saved as a reduce. */
  readonly used: ReadonlySet<string>;
}

/** Reports steps that wait for each other, where all is well or where one of them fails. */
export function checkCycles(reads: ReadNames, standIns: StandIns, findings: Findings): void {
  const steps = [...reads.bySteps].map(([id, names]) => ({ id, waitsFor: names }));
  const cycles = findCycles(steps);
  for (const cycle of [...cycles, ...(cycles.length === 0 ? cyclesOfStandIns(reads, standIns) : [])]) {
    const [first] = cycle as [string];
    const isStandIn = cycle.some((id, at) => standIns.get(cycle[(at + 1) % cycle.length] as string)?.has(id));
    const message =
      cycle.length === 1
        ? `The step \`${first}\` reads itself, and has no value before it has run.`
        : `The steps ${isStandIn ? 'wait for' : 'read'} each other in a circle: ${[...cycle, first].join(' → ')}.`;
    const hint = isStandIn
      ? 'What stands in for a step (`on_error.run`) cannot wait for it: it may read `steps.NAME`, or `default(NAME, …)`, of it alone.'
      : 'Take one of these references out.';
    findings.add(['steps', first], 'key', { code: 'CYCLE', message, hint });
  }
}

/** Circles that close only when a step has failed: its stand-in waits for a step that waits for the failed one. */
function cyclesOfStandIns({ bySteps, byStandIns }: ReadNames, standIns: StandIns): readonly (readonly string[])[] {
  const waitsOf = (id: string): readonly string[] => [...(bySteps.get(id) ?? []), ...(byStandIns.get(id) ?? [])];
  const cycles: (readonly string[])[] = [];
  const told = new Set<string>();
  for (const [standIn, ofSteps] of standIns) {
    for (const failed of ofSteps) {
      const way = wayTo(failed, standIn, (id) => waitsOf(id).filter((name) => id !== standIn || name !== failed));
      if (!way || way.some((id) => told.has(id))) continue;
      for (const id of way) told.add(id);
      cycles.push([failed, ...way]);
    }
  }
  return cycles;
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
