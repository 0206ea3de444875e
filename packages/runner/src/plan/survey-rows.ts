import type { PlannedStep } from '@millrace/schema';
import type { LatestRun } from '../journal/open-journal.ts';
import type { LoadedWorkflow } from '../load-workflow.ts';
import type { EndedRow, Row } from '../row.ts';
import { isFinal } from '../run-rows.ts';
import { type Selection, selectRows } from '../select-rows.ts';
import { type CallTally, createCallTally } from './call-tally.ts';
import { createEvenSample } from './even-sample.ts';
import { orNothing } from './interval.ts';
import type { MeasurePrompt } from './measure-prompt.ts';
import type { PlanStore } from './plan-store.ts';
import type { LookedAt, RowOutlook, StepOutlook } from './row-outlook.ts';
import { createRowShapes, type RowShape, type ShapeCall } from './row-shapes.ts';
import type { PlannedRows } from './run-plan.ts';

/** What is known of the run before its rows are looked at. */
export interface SurveyTools {
  readonly workflow: LoadedWorkflow;
  readonly selection: Omit<Selection, 'takenBy' | 'each' | 'columns'>;
  readonly outlookOf: (row: LookedAt) => Promise<RowOutlook>;
  readonly measure: MeasurePrompt;
  /** By step, all that must have ended before it. */
  readonly before: ReadonlyMap<string, readonly string[]>;
  readonly store: PlanStore;
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
  readonly troubles: ReadonlyMap<TroubleCode, Trouble>;
  /** Reduces of which only answers tell the groups, with their items at most. */
  readonly openGroups: ReadonlyMap<string, number>;
}

/** What is wrong with rows. */
export type TroubleCode = 'KEY_DUPLICATE' | 'ROWS_BROKEN' | 'PROMPT_FAILS' | 'TEXT_MISSING';

/** Rows with the same trouble. */
export interface Trouble {
  rows: number;
  /** Of the first one. */
  readonly message: string;
}

/** Rows between two looks at timers and signals. */
const inTurn = 64;

/** Looks at every row of the run once. Memory does not grow with them. */
export async function surveyRows(tools: SurveyTools, standIn: LookedAt): Promise<Survey> {
  const { workflow, outlookOf, store, probe } = tools;
  const asking = workflow.steps.map((step) => [step.id, createCallTally(step)] as const);
  const survey = {
    rows: { from: 'rows', read: 0, leftOut: 0, broken: 0, duplicates: 0, done: 0, begun: 0, asked: 0 } as Counts,
    tallies: new Map(asking),
    shapes: createRowShapes(),
    probes: createEvenSample<Row>(probe),
    troubles: new Map<TroubleCode, Trouble>(),
    openGroups: new Map<string, number>(),
  };
  let first: Survey['first'] | undefined;
  if (!workflow.each || !workflow.rows?.source.isRepeatable) {
    survey.rows.from = workflow.each ? 'stdin' : 'single';
    const outlook = await outlookOf(standIn);
    first = { row: standIn, outlook };
    if (workflow.each) tallyUnread(outlook, survey.tallies);
    else await lookAt({ ...onlyRow, value: undefined }, outlook, survey, tools);
  } else {
    for await (const row of rowsOf(tools)) {
      if (survey.rows.read++ % inTurn === 0) {
        tools.onRows(survey.rows.read);
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (!('value' in row)) {
        noteEnded(row, survey, store);
        continue;
      }
      store.putKey(row.key, row.place);
      const outlook = await outlookOf(row);
      first ??= { row, outlook };
      await lookAt(row, outlook, survey, tools);
    }
  }
  first ??= { row: standIn, outlook: await outlookOf(standIn) };
  return { ...survey, first, shapes: survey.shapes.all(), probes: survey.probes.items() };
}

/** Rows that are not read may be any number. */
function tallyUnread({ steps }: RowOutlook, tallies: Survey['tallies']): void {
  for (const { step, runs, prompts } of steps)
    if (runs !== 'no') tallies.get(step.id)?.add(prompts[0]?.model, { least: 0, most: null }, ['standard input']);
}

type Counts = { -readonly [Name in keyof PlannedRows]: PlannedRows[Name] };

/** What is counted while rows are looked at. */
interface Counting {
  readonly rows: Counts;
  readonly tallies: Survey['tallies'];
  readonly shapes: ReturnType<typeof createRowShapes>;
  readonly probes: ReturnType<typeof createEvenSample<Row>>;
  readonly troubles: Map<TroubleCode, Trouble>;
  readonly openGroups: Map<string, number>;
}

const onlyRow = { index: 0, key: 'run', place: 'the only call', hash: '' } as const;

function rowsOf({ workflow: { each, rows }, selection, store }: SurveyTools): AsyncIterable<Row | EndedRow> {
  if (!each || !rows) return noRows();
  return selectRows(rows.source, { ...selection, each, columns: rows.columns, takenBy: store.placeOf });
}

async function* noRows(): AsyncGenerator<Row> {}

function noteEnded({ error, key, place }: EndedRow, { rows, troubles }: Counting, store: PlanStore): void {
  if (error === undefined) {
    rows.leftOut++;
    store.putKey(key, place);
    return;
  }
  const isTwice = error.code === 'KEY_DUPLICATE';
  if (isTwice) rows.duplicates++;
  else rows.broken++;
  note(troubles, isTwice ? 'KEY_DUPLICATE' : 'ROWS_BROKEN', error.message);
}

function note(troubles: Map<TroubleCode, Trouble>, code: TroubleCode, message: string): void {
  const known = troubles.get(code);
  if (known) known.rows++;
  else troubles.set(code, { rows: 1, message });
}

async function lookAt(row: Row, outlook: RowOutlook, counting: Counting, tools: SurveyTools): Promise<void> {
  const { latest, definition, triesAgain, store } = tools;
  const { rows, probes, openGroups } = counting;
  const stored = latest?.find('', row.key);
  const isDone =
    stored !== undefined && isFinal(row, stored, definition) && !(stored.status === 'failed' && triesAgain);
  for (const { reduce, items, group } of outlook.items) {
    if (group === undefined) openGroups.set(reduce, (openGroups.get(reduce) ?? 0) + items);
    else store.putItems(reduce, group, items, !isDone);
  }
  if (rows.from === 'single') rows.read = 1;
  if (isDone) rows.done++;
  else {
    rows.asked++;
    if (stored) rows.begun++;
    probes.offer(row);
  }
  tally(row, outlook, { isDone, isBegun: stored !== undefined }, counting, tools);
}

function tally(
  row: Row,
  { steps }: RowOutlook,
  { isDone, isBegun }: { readonly isDone: boolean; readonly isBegun: boolean },
  { tallies, shapes, troubles }: Counting,
  { measure, store, before }: SurveyTools,
): void {
  const calls: ShapeCall[] = [];
  const shown = new Map<string, number>();
  const troubled = new Set<TroubleCode>();
  for (const outlook of steps) {
    const { step, prompts, runs } = outlook;
    const own = tallies.get(step.id) as CallTally;
    const talk = step.continue === undefined ? 0 : (shown.get(step.continue) ?? 0);
    const repeated = prompts.filter(
      ({ request }) => request !== undefined && runs === 'yes' && store.isRepeated(request),
    ).length;
    if (isDone || runs === 'no') continue;
    const made = {
      least: outlook.calls.least - repeated,
      most: outlook.calls.most === null ? null : outlook.calls.most - repeated,
    };
    const isElsewhere = prompts.every(({ model }) => model === prompts[0]?.model) ? prompts[0]?.model : undefined;
    own.add(
      isElsewhere,
      isBegun ? orNothing(made) : made,
      isBegun ? [...outlook.because, 'rows that were begun before'] : outlook.because,
    );
    for (let index = 0; index < repeated; index++) own.share();
    let longest: ShapeCall | undefined;
    for (const prompt of prompts) {
      const measured = measure(step, prompt, row.value, talk);
      shown.set(step.id, measured.tokens);
      own.prompt({ ...measured, place: row.place });
      if (prompt.error && prompt.isComplete && runs === 'yes' && !troubled.has('PROMPT_FAILS')) {
        troubled.add('PROMPT_FAILS');
        note(troubles, 'PROMPT_FAILS', `${row.place}, step \`${step.id}\`: ${prompt.error.message}`);
      }
      const tokens = measured.tokens + measured.answer;
      if (prompt.model === undefined || tokens <= (longest?.tokens ?? -1)) continue;
      longest = {
        step: step.id,
        model: prompt.model,
        tokens,
        waitsFor: before.get(step.id) ?? [],
        waits: measured.fit === 'waits',
      };
    }
    if (longest) calls.push(longest);
    if (troubled.size === 0 && prompts.length > 0 && isBlank(step, row.value)) {
      troubled.add('TEXT_MISSING');
      note(troubles, 'TEXT_MISSING', `${row.place}: nothing stands in what \`${step.id}\` reads of the row.`);
    }
  }
  if (calls.length > 0) shapes.add(calls);
}

/** Whether a prompt reads cells of the row, and all of them are empty. */
function isBlank({ body }: PlannedStep, value: Row['value']): boolean {
  if (!value) return false;
  const names = [...body.paths].flatMap((path) => /^row\.([A-Za-z_]\w*)/.exec(path)?.[1] ?? []);
  return names.length > 0 && names.every((name) => isEmpty(value[name]));
}

const isEmpty = (cell: unknown): boolean =>
  cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');

/** What a row would have a step ask, for callers that show it. */
export const outlookOfStep = ({ steps }: RowOutlook, id: string): StepOutlook | undefined =>
  steps.find(({ step }) => step.id === id);
