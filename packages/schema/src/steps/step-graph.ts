/** A step and the steps it waits for. */
export interface GraphStep {
  readonly id: string;
  readonly waitsFor: Iterable<string>;
}

/** The steps in an order in which each stands behind what it waits for; those in a circle, or behind one, are left out. */
export function orderSteps<Step extends GraphStep>(steps: readonly Step[]): readonly Step[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const open = new Map(
    steps.map(({ id, waitsFor }) => [id, [...new Set(waitsFor)].filter((name) => byId.has(name)).length]),
  );
  const readers = readersOf(steps);
  const order: Step[] = [];
  // The one that stands first in the file goes first of those that are ready.
  const ready = steps.filter(({ id }) => open.get(id) === 0);
  const place = new Map(steps.map(({ id }, index) => [id, index]));
  while (ready.length > 0) {
    const step = ready.shift() as Step;
    order.push(step);
    for (const id of readers.get(step.id) ?? []) {
      const left = (open.get(id) ?? 0) - 1;
      open.set(id, left);
      if (left === 0) insert(byId.get(id) as Step, ready, place);
    }
  }
  return order;
}

/** Circles of steps that wait for each other, each beginning with its step that stands first in the file; no step is in two of them. */
export function findCycles(steps: readonly GraphStep[]): readonly (readonly string[])[] {
  const done = new Set(orderSteps(steps).map(({ id }) => id));
  const stuck = new Map(steps.filter(({ id }) => !done.has(id)).map((step) => [step.id, step]));
  const nextOf = (id: string): string | undefined =>
    [...(stuck.get(id)?.waitsFor ?? [])].find((name) => stuck.has(name));
  const seen = new Set<string>();
  const cycles: string[][] = [];
  for (const id of stuck.keys()) {
    const trail: string[] = [];
    // Each of them waits for another of them, so that a walk must come back to where it was.
    for (let at: string | undefined = id; at !== undefined && !seen.has(at); at = nextOf(at)) {
      seen.add(at);
      trail.push(at);
      const back = nextOf(at);
      if (back !== undefined && trail.includes(back)) cycles.push(trail.slice(trail.indexOf(back)));
    }
  }
  return cycles.map((cycle) => fromFirst(cycle, steps));
}

/** The steps on the shortest way from one to another, the first included and the last not; undefined where there is none. */
export function wayTo(
  last: string,
  first: string,
  nextOf: (id: string) => readonly string[],
): readonly string[] | undefined {
  const before = new Map<string, string | undefined>([[first, undefined]]);
  for (const id of before.keys()) {
    for (const next of nextOf(id)) {
      if (next === last) return wayBack(id, before);
      if (!before.has(next)) before.set(next, id);
    }
  }
  return undefined;
}

function wayBack(from: string, before: ReadonlyMap<string, string | undefined>): readonly string[] {
  const way: string[] = [];
  for (let id: string | undefined = from; id !== undefined; id = before.get(id)) way.unshift(id);
  return way;
}

function readersOf(steps: readonly GraphStep[]): ReadonlyMap<string, readonly string[]> {
  const readers = new Map<string, string[]>();
  for (const { id, waitsFor } of steps) {
    for (const name of new Set(waitsFor)) {
      const known = readers.get(name);
      if (known) known.push(id);
      else readers.set(name, [id]);
    }
  }
  return readers;
}

function insert<Step extends GraphStep>(step: Step, into: Step[], place: ReadonlyMap<string, number>): void {
  const at = into.findIndex(({ id }) => (place.get(id) ?? 0) > (place.get(step.id) ?? 0));
  into.splice(at < 0 ? into.length : at, 0, step);
}

/** Turns a circle so that it begins with the step that stands first in the file. */
function fromFirst(cycle: readonly string[], steps: readonly GraphStep[]): readonly string[] {
  const at = cycle.indexOf(steps.find(({ id }) => cycle.includes(id))?.id ?? '');
  return [...cycle.slice(at), ...cycle.slice(0, at)];
}
