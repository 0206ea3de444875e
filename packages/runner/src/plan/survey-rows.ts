import type { LatestRun } from '../journal/open-journal.ts';
import type { LoadedWorkflow } from '../load-workflow.ts';
import type { EndedRow, Row } from '../row.ts';
import { isFinal } from '../run-rows.ts';
import { type Selection, selectRows } from '../select-rows.ts';
import { type CallTally, createCallTally } from './call-tally.ts';
import { createEvenSample, type EvenSample } from './even-sample.ts';
import { heardSource } from './heard-source.ts';
import type { LookedAt, RowOutlook } from './row-outlook.ts';
import { createRowShapes, type RowShape } from './row-shapes.ts';
import { createRowTroubles, type RowTroubles } from './row-troubles.ts';
import type { PlannedRows } from './run-plan.ts';
import { type TallyTools, tallyRow } from './tally-row.ts';

/** What is known of the run before its rows are looked at. */
export interface SurveyTools extends Pick<TallyTools, 'store' | 'measure' | 'before'> {
  readonly workflow: LoadedWorkflow;
  readonly selection: Omit<Selection, 'takenBy' | 'each' | 'columns'>;
  readonly outlookOf: (row: LookedAt) => Promise<RowOutlook>;
  /** The run as the journal has it. */
  readonly latest: LatestRun | undefined;
  /** A hash of what the results of rows depend on in the workflow. */
  readonly definition: string;
  /** Whether rows that failed are tried again. */
  readonly triesAgain: boolean;
  /** Rows for a probe. */
  readonly probe: number;
  /** Called now and then, with the rows so far. @throws Where it shall end. */
  onRows(rows: number): void;
}

/** All that the rows tell. */
export interface Survey {
  readonly rows: PlannedRows;
  readonly tallies: ReadonlyMap<string, CallTally>;
  readonly shapes: readonly RowShape[];
  /** The first row that `where` lets pass, or what stands for one. */
  readonly first: { readonly row: LookedAt; readonly outlook: RowOutlook };
  /** Rows to be asked, spread over the input. */
  readonly probes: readonly Row[];
  readonly troubles: RowTroubles['all'];
  /** Reduces of which only answers tell the groups, with their items at most. */
  readonly openGroups: ReadonlyMap<string, number>;
}

/** What is counted while rows are looked at. */
interface Counting extends TallyTools {
  readonly rows: { -readonly [Name in keyof PlannedRows]: PlannedRows[Name] };
  readonly probes: EvenSample<Row>;
  readonly openGroups: Map<string, number>;
}

/** Looks at every row of the run once. Memory does not grow with them. @param standIn For a row, where none is read. */
export async function surveyRows(tools: SurveyTools, standIn: LookedAt): Promise<Survey> {
  const { workflow, outlookOf, store, measure, before, probe } = tools;
  const counting: Counting = {
    rows: { from: fromOf(workflow), read: 0, leftOut: 0, broken: 0, duplicates: 0, done: 0, begun: 0, asked: 0 },
    tallies: new Map(workflow.steps.map((step) => [step.id, createCallTally(step)])),
    shapes: createRowShapes(),
    probes: createEvenSample(probe),
    troubles: createRowTroubles(),
    openGroups: new Map(),
    ...{ store, measure, before },
  };
  const { rows } = counting;
  let first: Survey['first'] | undefined;
  if (rows.from === 'rows') {
    for await (const row of rowsOf(tools)) {
      rows.read++;
      if (!('value' in row)) {
        noteEnded(row, counting);
        continue;
      }
      store.putKey(row.key, row.place);
      const outlook = await outlookOf(row);
      first ??= { row, outlook };
      lookAt(row, outlook, counting, tools);
    }
  }
  first ??= { row: standIn, outlook: await outlookOf(standIn) };
  if (rows.from === 'single') lookAt(onlyRow, first.outlook, counting, tools);
  if (rows.from === 'stdin') tallyUnread(first.outlook, counting);
  const { tallies, shapes, probes, troubles, openGroups } = counting;
  return { rows, tallies, shapes: shapes.all(), first, probes: probes.items(), troubles: troubles.all, openGroups };
}

const onlyRow: Row = { index: 0, key: 'run', place: 'the only call', hash: '', value: undefined };

function fromOf({ each, rows }: LoadedWorkflow): PlannedRows['from'] {
  if (!each) return 'single';
  return rows?.source.isRepeatable ? 'rows' : 'stdin';
}

function rowsOf({ workflow: { each, rows }, selection, store, onRows }: SurveyTools): AsyncIterable<Row | EndedRow> {
  if (!each || !rows) return noRows();
  const source = heardSource(rows.source, onRows);
  return selectRows(source, { ...selection, each, columns: rows.columns, takenBy: store.placeOf });
}

async function* noRows(): AsyncGenerator<Row> {}

/** Rows that are not read may be any number. */
function tallyUnread({ steps }: RowOutlook, { tallies }: Counting): void {
  for (const { step, runs, prompts } of steps)
    if (runs !== 'no') tallies.get(step.id)?.add(prompts[0]?.model, { least: 0, most: null }, ['standard input']);
}

function noteEnded({ error, key, place }: EndedRow, { rows, troubles, store }: Counting): void {
  if (error === undefined) {
    rows.leftOut++;
    store.putKey(key, place);
    return;
  }
  const isTwice = error.code === 'KEY_DUPLICATE';
  if (isTwice) rows.duplicates++;
  else rows.broken++;
  troubles.note(isTwice ? 'KEY_DUPLICATE' : 'ROWS_BROKEN', error.message);
}

function lookAt(row: Row, outlook: RowOutlook, counting: Counting, tools: SurveyTools): void {
  const { latest, definition, triesAgain } = tools;
  const { rows, probes, openGroups, store } = counting;
  const stored = latest?.find('', row.key);
  const isDone =
    stored !== undefined && isFinal(row, stored, definition) && !(stored.status === 'failed' && triesAgain);
  for (const { reduce, items, group } of outlook.items) {
    if (group === undefined) openGroups.set(reduce, (openGroups.get(reduce) ?? 0) + items);
    else store.putItems(reduce, group, items, !isDone);
  }
  if (isDone) rows.done++;
  else {
    rows.asked++;
    if (stored) rows.begun++;
    probes.offer(row);
  }
  tallyRow(row, outlook, { isDone, isKnown: stored !== undefined }, counting);
}
