import type { Ollama } from '@millrace/core';
import { Subject } from 'rxjs';
import { chooseWindows } from './context/choose-windows.ts';
import { createTokenMeter } from './context/token-meter.ts';
import { createWindows } from './context/windows.ts';
import type { ModelLoad } from './events.ts';
import { createLanes, type Lanes } from './lanes/lanes.ts';
import { createReports, type Reports } from './lanes/reports.ts';
import { residentsOf } from './lanes/residents.ts';
import type { LoadedWorkflow } from './load-workflow.ts';
import { needsHost } from './models-of.ts';
import type { InputValue } from './resolve-inputs.ts';
import { createScheduling, type Scheduling } from './scheduling.ts';
import { createStages, type Stages } from './stages/stages.ts';

/** When, where and how calls of a run are made. */
export interface OpenedScheduling {
  readonly scheduling: Scheduling;
  readonly lanes: Lanes;
  readonly stages: Stages;
  readonly reports: Reports;
  /** Completed by whoever runs the calls. */
  readonly loads: Subject<ModelLoad>;
}

/** What decides it. */
export interface SchedulingWorld {
  readonly hosts: readonly Ollama[];
  /** In place of `limits.parallel`. */
  readonly parallel?: number | undefined;
}

/** Asks the hosts what they have in memory, chooses a window for each model, and opens the lanes. Hosts that do not answer are left to their calls. */
export async function openScheduling(
  workflow: LoadedWorkflow,
  { hosts, parallel }: SchedulingWorld,
  inputs: Readonly<Record<string, InputValue>>,
): Promise<OpenedScheduling> {
  const loads = new Subject<ModelLoad>();
  const reports = createReports();
  const meter = createTokenMeter();
  const asks = hosts.length > 0 && needsHost(workflow);
  const residents = asks ? await Promise.all(hosts.map(residentsOf)) : [];
  const windows = createWindows(asks ? await chooseWindows(workflow, { hosts, residents, inputs, meter }) : new Map());
  const lanes = createLanes({
    hosts,
    parallel: parallel ?? workflow.limits.parallel,
    residents,
    isUrgent: isUrgent(workflow),
    onLoad: (host, ask, ms) => {
      reports.load(host, ask, ms);
      const window = ask.options?.num_ctx;
      loads.next({
        type: 'model-load',
        host,
        model: ask.model,
        ...(window !== undefined && { window }),
        ...(ms !== undefined && { ms }),
      });
    },
  });
  const stages = createStages(lanes, windows);
  const scheduling = createScheduling({ lanes, stages, windows, meter, reports, isUrgent: isUrgent(workflow) });
  return { scheduling, lanes, stages, reports, loads };
}

/** A workflow that runs once is one that somebody waits for. */
const isUrgent = ({ each }: LoadedWorkflow): boolean => each === undefined;
