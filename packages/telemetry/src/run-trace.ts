import type { GroupEnd, ModelLoad, RowEnd, RunEvent, RunStart } from '@millrace/runner';
import type { Attributes, Context } from '@opentelemetry/api';
import { SpanKind } from '@opentelemetry/api';
import { names } from './attribute-names.ts';
import { errorCode } from './error-code.ts';
import { openRow, type RowTrace } from './row-trace.ts';
import { endAttributes, startAttributes } from './run-attributes.ts';
import { serverAttributes } from './server-attributes.ts';
import type { OpenSpan, StartSpan } from './spans.ts';

/** The spans of one run. It holds those of the rows in work, and no others. */
export interface RunTrace {
  note(event: RunEvent): void;
  /** Ends what has not ended yet. May be called twice. @param status Of the run; with the code of its error. */
  close(status: 'failed' | 'cancelled', error?: string): void;
}

/** What of an event says where it belongs. */
type Placed = Extract<RunEvent, { readonly key: string }>;

/** Rows have numbers, groups the names of their steps too. */
type RowId = number | string;

/** Begins with the first event. @param parent Of the run. */
export function createRunTrace(start: StartSpan, parent: Context): RunTrace {
  const rows = new Map<RowId, RowTrace>();
  const loads = new Map<string, OpenSpan>();
  let run: OpenSpan | undefined;
  let reduces: ReadonlySet<string> = new Set();
  let reused = 0;

  const begin = (event: RunStart): void => {
    run = start(`millrace.run ${event.workflow}`, startAttributes(event), parent);
    reduces = new Set(event.reduces);
  };
  const finish = (attributes: Attributes, error?: string): void => {
    for (const [id, row] of rows) {
      rows.delete(id);
      row.end({ attributes: cancelledAs(id), others: 'cancelled' });
    }
    for (const [id, load] of loads) {
      loads.delete(id);
      load.end({});
    }
    run?.end(attributes, error);
    run = undefined;
  };
  const idOf = (event: Placed): RowId =>
    event.type !== 'row-end' && reduces.has(event.step) ? `${event.step} ${event.index}` : event.index;
  const rowOf = (event: Placed, { context }: OpenSpan): RowTrace => {
    const id = idOf(event);
    const row = rows.get(id) ?? openRow(start, context, ...beginningOf(event, typeof id === 'string'));
    rows.set(id, row);
    return row;
  };
  const take = (event: Placed): RowTrace | undefined => {
    const id = idOf(event);
    const row = rows.get(id);
    rows.delete(id);
    return row;
  };

  const endRow = (event: RowEnd, span: OpenSpan): void => {
    if (event.reused) reused++;
    // What was not worked on took no time; but that it failed must be seen.
    else if (event.status === 'failed') rowOf(event, span);
    take(event)?.end({
      attributes: {
        [names.rowStatus]: event.status,
        ...(event.step !== undefined && { [names.rowFailedStep]: event.step }),
      },
      ...failureOf(event),
      failedStep: event.step,
      others: 'cancelled',
    });
  };
  const endGroup = (event: GroupEnd, span: OpenSpan): void => {
    if (event.status === 'failed') rowOf(event, span);
    const group = take(event);
    group?.stepEnded(event);
    group?.end({
      attributes: { [names.groupStatus]: event.status, [names.groupItems]: event.count },
      ...failureOf(event),
      others: 'cancelled',
    });
  };
  const noteLoad = ({ host, model, window, ms }: ModelLoad, { context }: OpenSpan): void => {
    const id = `${host} ${model}`;
    loads.get(id)?.end({});
    loads.delete(id);
    if (ms !== undefined) return;
    const attributes = { [names.loadModel]: model, ...serverAttributes(host) };
    const sized = window === undefined ? attributes : { ...attributes, [names.loadWindow]: window };
    loads.set(id, start(`load ${model}`, sized, context, SpanKind.CLIENT));
  };

  return {
    note: (event) => {
      if (event.type === 'step-delta') return;
      if (event.type === 'run-start') begin(event);
      else if (!run) return;
      else if (event.type === 'step-start') rowOf(event, run).step(event.step);
      else if (event.type === 'call-start') rowOf(event, run).step(event.step).callBegan(event);
      else if (event.type === 'call-end') rows.get(idOf(event))?.step(event.step).callEnded(event);
      else if (event.type === 'step-retry') rowOf(event, run).step(event.step).retried(event);
      else if (event.type === 'step-end') {
        if (!event.reused) rowOf(event, run).stepEnded(event);
      } else if (event.type === 'row-parked')
        take(event)?.end({
          attributes: { [names.rowStatus]: 'parked', [names.rowWaitsFor]: event.model },
          others: 'parked',
        });
      else if (event.type === 'row-end') endRow(event, run);
      else if (event.type === 'group-end') endGroup(event, run);
      else if (event.type === 'model-load') noteLoad(event, run);
      else if (event.type === 'stage-start')
        run.note('millrace.stage', { [names.stage]: event.stage, [names.stageModel]: event.model });
      else if (event.type === 'run-end') finish(endAttributes(event, reused), event.error && errorCode(event.error));
    },
    close: (status, error) => finish({ [names.runStatus]: status }, error),
  };
}

const cancelledAs = (id: RowId): Attributes => ({
  [typeof id === 'string' ? names.groupStatus : names.rowStatus]: 'cancelled',
});

/** A longer key is no name any more. */
const maxKey = 256;

function beginningOf(event: Placed, isGroup: boolean): ['row' | 'group', Attributes] {
  const { index } = event;
  const key = event.key.length > maxKey ? `${event.key.slice(0, maxKey)}…` : event.key;
  if (!isGroup) return ['row', { [names.rowKey]: key, [names.rowIndex]: index }];
  const step = 'step' in event && event.step !== undefined ? { [names.step]: event.step } : {};
  return ['group', { [names.groupKey]: key, [names.groupIndex]: index, ...step }];
}

const failureOf = ({ status, error }: RowEnd | GroupEnd): { readonly error?: string } =>
  status === 'failed' && error ? { error: errorCode(error) } : {};
