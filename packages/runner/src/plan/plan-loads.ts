import { createWindows, type ModelWindow } from '../context/windows.ts';
import type { Lanes } from '../lanes/lanes.ts';
import { isResident, type ResidentModel } from '../lanes/residents.ts';
import { createStages, type Stages } from '../stages/stages.ts';
import type { RowShape } from './row-shapes.ts';
import type { PlannedLoads, PlannedStage } from './run-plan.ts';

/** What decides how often models are loaded. */
export interface LoadQuestion {
  readonly shapes: readonly RowShape[];
  readonly windows: ReadonlyMap<string, ModelWindow>;
  /** The models in memory of each host. */
  readonly residents: readonly (readonly ResidentModel[])[];
  /** Models that are asked behind all rows. */
  readonly reduceModels: readonly string[];
}

/** Rows that are counted for a stage, at most: their number only decides which model comes first. */
const weighed = 10_000;

/** Lets the stages of a run pass over what its rows would ask, and counts the loads. */
export function planLoads({ shapes, windows: chosen, residents, reduceModels }: LoadQuestion): PlannedLoads {
  const windows = createWindows(chosen);
  // Of the lanes, the stages only ask for what is in memory.
  const stages = createStages({ all: residents.map((own) => ({ residents: own })) } as unknown as Lanes, windows);
  const total = shapes.reduce((sum, { rows }) => sum + rows, 0);
  const walks = shapes.map((shape) => createWalk(shape, Math.ceil(shape.rows * Math.min(1, weighed / total)), stages));
  const found: PlannedStage[] = [];
  const pass = (own: readonly Walk[]): void => {
    const asked = own.map((walk) => ({ rows: walk.rows, models: walk.go() }));
    const models = [...new Set(asked.flatMap((walk) => walk.models))];
    const [first] = models;
    if (first === undefined) return;
    const window = windows.of(first);
    const rows = asked.reduce((sum, walk) => sum + (walk.models.length > 0 ? walk.rows : 0), 0);
    found.push({ models, ...(window !== undefined && models.length === 1 && { window }), rows });
  };
  pass(walks);
  for (let model = stages.next(); model !== undefined; model = stages.next()) {
    const own = model;
    pass(walks.filter((walk) => walk.waitsFor === own));
  }
  const last = found.at(-1)?.models ?? [];
  for (const model of reduceModels) {
    const window = windows.of(model);
    if (!last.includes(model)) found.push({ models: [model], ...(window !== undefined && { window }), rows: 0 });
  }
  const isThere = (model: string): boolean =>
    residents.length > 0 &&
    residents.every((own) => isResident(own, { model, options: createWindows(chosen).optionsFor(model) }));
  return { each: loadsOf(found, isThere), stages: found, rowByRow: loadsRowByRow(shapes) };
}

/** Rows of one shape on their way through the stages. */
interface Walk {
  readonly rows: number;
  /** The model that the rows wait for. */
  readonly waitsFor: string | undefined;
  /** Makes the calls that the stage admits; gives their models. */
  go(): readonly string[];
}

function createWalk({ rows, calls }: RowShape, weight: number, stages: Stages): Walk {
  const ids = new Set(calls.map(({ step }) => step));
  const done = new Set<string>();
  let waitsFor: string | undefined;
  return {
    rows,
    get waitsFor() {
      return waitsFor;
    },
    go: () => {
      waitsFor = undefined;
      const models: string[] = [];
      // Each stands behind what it waits for.
      for (const call of calls) {
        if (done.has(call.step) || !call.waitsFor.every((id) => !ids.has(id) || done.has(id))) continue;
        if (stages.admits(call)) {
          done.add(call.step);
          models.push(call.model);
          continue;
        }
        waitsFor ??= call.model;
        for (let parked = 0; parked < weight; parked++) stages.park(call);
      }
      return models;
    },
  };
}

/** On a host that holds all that it was told to load, and on one that holds one model. */
function loadsOf(stages: readonly PlannedStage[], isThere: (model: string) => boolean): PlannedLoads['each'] {
  const loaded = new Set<string>();
  let [least, most] = [0, 0];
  stages.forEach(({ models, window }, index) => {
    for (const model of models) {
      const load = `${model} ${window}`;
      const wasThere = index === 0 && isThere(model);
      if (!loaded.has(load) && !isThere(model)) least++;
      if (!wasThere) most++;
      loaded.add(load);
    }
  });
  return { least, most };
}

/** About: one row after the other, each step after those that it waits for, on a host that holds one model. */
function loadsRowByRow(shapes: readonly RowShape[]): number {
  let loads = 0;
  let before: string | undefined;
  for (const { rows, calls } of shapes) {
    const models = calls.map(({ model }) => model).filter((model, index, all) => model !== all[index - 1]);
    if (models.length === 0) continue;
    const isSame = models[0] === models.at(-1);
    loads += rows * (models.length - (isSame ? 1 : 0)) + (isSame && before !== models[0] ? 1 : 0);
    before = models.at(-1);
  }
  return loads;
}
