/** A step and the steps it waits for. */
export interface GraphStep {
  readonly id: string;
  readonly waitsFor: readonly string[];
}

/** The steps in an order in which each stands behind what it waits for, or the first circle. */
export type StepOrder<Step> = { readonly order: readonly Step[] } | { readonly cycle: readonly string[] };

/** Orders steps by what they read; steps that are free of each other keep the order of the file. */
export function orderSteps<Step extends GraphStep>(steps: readonly Step[]): StepOrder<Step> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const order: Step[] = [];
  const done = new Set<string>();

  const visit = (step: Step, trail: readonly string[]): readonly string[] | undefined => {
    if (done.has(step.id)) return undefined;
    const seen = trail.indexOf(step.id);
    if (seen >= 0) return [...trail.slice(seen), step.id];
    for (const id of step.waitsFor) {
      const next = byId.get(id);
      const cycle = next && visit(next, [...trail, step.id]);
      if (cycle) return cycle;
    }
    done.add(step.id);
    order.push(step);
    return undefined;
  };

  for (const step of steps) {
    const cycle = visit(step, []);
    if (cycle) return { cycle: fromFirst(cycle, steps) };
  }
  return { order };
}

/** Turns a circle so that it begins with the step that stands first in the file. */
function fromFirst(cycle: readonly string[], steps: readonly GraphStep[]): readonly string[] {
  const members = cycle.slice(0, -1);
  const first = steps.find(({ id }) => members.includes(id))?.id ?? (members[0] as string);
  const at = members.indexOf(first);
  return [...members.slice(at), ...members.slice(0, at), first];
}
