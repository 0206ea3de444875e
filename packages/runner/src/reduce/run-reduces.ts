import { describeError, StepError } from '@millrace/errors';
import type { PlannedStep } from '@millrace/schema';
import { catchError, concatMap, defer, map, type Observable, of } from 'rxjs';
import type { GroupEnd, RunEvent } from '../events.ts';
import { trueOrFalse } from '../expression-values.ts';
import type { RowPlace } from '../journal/row-table.ts';
import type { RunJournal } from '../journal/run-journal.ts';
import { attemptsOf, lastAnswerOf } from '../last-answer-of.ts';
import { mergePulled } from '../merge-pulled.ts';
import { resultOfGroup } from '../row-result.ts';
import { runElements } from '../run-elements.ts';
import type { Save } from '../save/open-save.ts';
import type { Names, RowRunner } from '../step-runner.ts';
import { roomForItems } from './batches.ts';
import { type CallItems, foldItems } from './fold-items.ts';
import type { GroupName } from './group-name.ts';

/** What reduces run with. */
export interface ReduceTools {
  readonly run: RunJournal;
  readonly save: Save;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly runner: RowRunner;
  /** A hash of what their results depend on in the workflow. */
  readonly definition: string;
  now(): number;
}

/** One group, of which the items are not read yet. */
interface Group {
  readonly group: GroupName;
  readonly count: number;
}

/** Groups in work at once; the lanes let through what they can. */
const groupsAtOnce = 64;

/**
 * Runs every step with `over`, once for each of its groups, when all rows are final. A group that fails is a `group-end`, and the others
 * go on. Answers that were given to the same items before are in the journal, so that only groups whose items changed ask again.
 *
 * @throws What journal and save throw, and nothing else.
 */
export function runReduces(steps: readonly PlannedStep[], tools: ReduceTools): Observable<RunEvent> {
  const groups = async function* (): AsyncGenerator<() => Observable<RunEvent>> {
    for (const step of steps) {
      if (!step.over) continue;
      let index = 0;
      for (const group of tools.run.groups(step.id)) {
        const place = { key: groupText(group.group), index: index++, step: step.id };
        tools.save.began(step.id, place.index);
        yield () => runGroup(step, place, group, tools);
      }
    }
  };
  return defer(() =>
    mergePulled(
      groups(),
      () => groupsAtOnce,
      (start) => start(),
    ),
  );
}

/** How a group is called where rows have their key. */
const groupText = (group: GroupName): string => (group === null ? 'all' : String(group));

function runGroup(
  step: PlannedStep,
  place: { readonly key: string; readonly index: number; readonly step: string },
  { group, count }: Group,
  { run, save, inputs, runner, definition, now }: ReduceTools,
): Observable<RunEvent> {
  const stored: RowPlace = {
    step: step.id,
    position: place.index,
    key: JSON.stringify(group),
    place: place.key,
    hash: null,
  };
  const record = run.begin(stored, run.find(step.id, stored.key as string), definition);
  const items = run.itemsOf(step.id, group);
  const names: Names = { inputs, group };
  /** For what asks for all items at once, and only when it does. */
  const withItems: Names = {
    ...names,
    get items() {
      return [...items];
    },
  };
  const end = (ending: Pick<GroupEnd, 'status'> & Partial<GroupEnd>): GroupEnd => ({
    type: 'group-end',
    ...place,
    group,
    count,
    ...ending,
  });
  const runStep = runner(record);
  const whole = defer((): Observable<RunEvent> => {
    if (step.when && !trueOrFalse(step.when.render(withItems), 'when'))
      return of(end({ status: 'skipped', value: null }));
    const call: CallItems = (batch, at) => runElements(step, { ...place, ...at }, { ...names, items: batch }, runStep);
    return foldItems(items, step.over?.fold, call, () => roomForItems(step, names)).pipe(
      map((message) =>
        message.type === 'done'
          ? end({ status: 'ok', value: message.value, ...(message.usage && { usage: message.usage }) })
          : message,
      ),
    );
  }).pipe(catchError((error: unknown) => of(recover(step, withItems, error, place.key, end))));
  const keep = async (event: GroupEnd): Promise<GroupEnd> => {
    const { result, sequence } = await record.end(event.status, () => resultOfGroup(event), [], now());
    await save.ended(step.id, { ...result, ...stored, sequence });
    return event;
  };
  return whole.pipe(concatMap((event) => (event.type === 'group-end' ? keep(event) : of(event))));
}

/** What `on_error` says; a reduce has no other step to run in its place. */
function recover(
  { id, onError }: PlannedStep,
  names: Names,
  cause: unknown,
  key: string,
  end: (ending: Pick<GroupEnd, 'status'> & Partial<GroupEnd>) => GroupEnd,
): GroupEnd {
  const failed = (error: unknown): GroupEnd => {
    const own = error instanceof StepError ? error : new StepError(id, key, error);
    const answer = lastAnswerOf(error);
    const attempts = attemptsOf(error);
    return end({
      status: 'failed',
      error: describeError(own),
      ...(answer !== undefined && { answer }),
      ...(attempts !== undefined && { attempts }),
      ...(onError === 'abort' && { aborts: true }),
    });
  };
  if (onError === 'skip') return end({ status: 'skipped', value: null, error: describeError(cause) });
  if (typeof onError !== 'object' || !('use' in onError)) return failed(cause);
  try {
    return end({ status: 'ok', value: onError.use.render(names), error: describeError(cause) });
  } catch (error) {
    return failed(error);
  }
}
