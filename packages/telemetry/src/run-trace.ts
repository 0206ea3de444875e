import type { GroupEnd, RowEnd, RowParked, RunEvent, RunStart, StageStart } from '@millrace/runner';
import type { Attributes, Context } from '@opentelemetry/api';
import { names } from './attribute-names.ts';
import { errorCode } from './error-code.ts';
import { createLoadTraces, type LoadTraces } from './load-traces.ts';
import { createOpenRows, type OpenRows } from './open-rows.ts';
import { endAttributes, startAttributes } from './run-attributes.ts';
import type { OpenSpan, StartSpan } from './spans.ts';

/** The spans of one run. It holds those of the rows in work, and no others. */
export interface RunTrace {
  note(event: RunEvent): void;
  /** Ends what has not ended yet. May be called twice. @param error The code of what ended the run. */
  close(status: 'failed' | 'cancelled', error?: string): void;
}

/** A run that has begun. */
interface OpenRun {
  readonly span: OpenSpan;
  readonly rows: OpenRows;
  readonly loads: LoadTraces;
  /** Rows that ended at an earlier time. */
  reused: number;
}

/** Begins with `run-start`. @param parent Of the run. */
export function createRunTrace(start: StartSpan, parent: Context): RunTrace {
  let run: OpenRun | undefined;
  const begin = (event: RunStart): OpenRun => {
    const span = start(`millrace.run ${event.workflow}`, startAttributes(event), parent);
    const rows = createOpenRows(start, span.context, new Set(event.reduces));
    return { span, rows, loads: createLoadTraces(start, span.context), reused: 0 };
  };
  const finish = ({ span, rows, loads }: OpenRun, attributes: Attributes, error?: string): void => {
    rows.cancel();
    loads.cancel();
    run = undefined;
    span.end(attributes, error);
  };
  return {
    note: (event) => {
      if (event.type === 'step-delta') return;
      if (event.type === 'run-start') run = begin(event);
      else if (!run) return;
      else if (event.type === 'run-end')
        finish(run, endAttributes(event, run.reused), event.error && errorCode(event.error));
      else noteIn(run, event);
    },
    close: (status, error) => {
      if (run) finish(run, { [names.runStatus]: status }, error);
    },
  };
}

/** What happens between the first event and the last. */
type Happening = Exclude<RunEvent, { readonly type: 'run-start' | 'run-end' | 'step-delta' }>;

/** What each type of event does to the spans. */
const effects: {
  readonly [Type in Happening['type']]: (run: OpenRun, event: Extract<Happening, { readonly type: Type }>) => void;
} = {
  'step-start': ({ rows }, event) => void rows.of(event).step(event.step),
  'call-start': ({ rows }, event) => rows.of(event).step(event.step).callBegan(event),
  'call-end': ({ rows }, event) => rows.find(event)?.step(event.step).callEnded(event),
  'step-retry': ({ rows }, event) => rows.of(event).step(event.step).retried(event),
  'step-end': ({ rows }, event) => {
    // Behind a wait, and for labels, steps are said again.
    if (!event.reused) rows.of(event).stepEnded(event);
  },
  'row-parked': ({ rows }, event) => park(rows, event),
  'row-end': (run, event) => {
    if (event.reused) run.reused++;
    endRow(run.rows, event);
  },
  'group-end': ({ rows }, event) => endGroup(rows, event),
  'model-load': ({ loads }, event) => loads.note(event),
  'stage-start': ({ span }, event) => span.note('millrace.stage', stageAttributes(event)),
};

function noteIn(run: OpenRun, event: Happening): void {
  // Each takes the events of its own type, which the types do not say of an entry that is looked up. A later runner may say more.
  const effect = effects[event.type] as ((run: OpenRun, event: Happening) => void) | undefined;
  effect?.(run, event);
}

const stageAttributes = ({ stage, model }: StageStart): Attributes => ({
  [names.stage]: stage,
  [names.stageModel]: model,
});

const park = (rows: OpenRows, event: RowParked): void =>
  rows.take(event)?.end({
    attributes: { [names.rowStatus]: 'parked', [names.rowWaitsFor]: event.model },
    others: 'parked',
  });

function endRow(rows: OpenRows, event: RowEnd): void {
  const { status, step, reused } = event;
  // What was not worked on took no time; but that it failed must be seen.
  if (status === 'failed' && !reused) rows.of(event);
  const failedStep = step === undefined ? {} : { [names.rowFailedStep]: step };
  rows.take(event)?.end({
    attributes: { [names.rowStatus]: status, ...failedStep },
    error: failureOf(event),
    failedStep: step,
    others: 'cancelled',
  });
}

function endGroup(rows: OpenRows, event: GroupEnd): void {
  if (event.status === 'failed') rows.of(event);
  const group = rows.take(event);
  group?.stepEnded(event);
  group?.end({
    attributes: { [names.groupStatus]: event.status, [names.groupItems]: event.count },
    error: failureOf(event),
    others: 'cancelled',
  });
}

const failureOf = ({ status, error }: RowEnd | GroupEnd): string | undefined =>
  status === 'failed' && error ? errorCode(error) : undefined;
