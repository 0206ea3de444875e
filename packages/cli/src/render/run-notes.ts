import type { RunStart, RunState } from '@millrace/runner';
import { ago, count, plural } from './figures.ts';

type Started = Pick<RunStart, 'id' | 'found' | 'startedAt' | 'notes' | 'at'>;

/** What a run says of itself when it begins, a sentence a line. */
export const startNotes = (start: Started): readonly string[] => [...start.notes, ...foundNotes(start)];

function foundNotes({ id, found, startedAt, at }: Started): readonly string[] {
  const goesOn = `Goes on with run ${id}, begun ${ago(startedAt, at)}`;
  switch (found) {
    case 'nothing':
      return [`Run ${id}`];
    case 'unfinished':
      return [`${goesOn}: what was answered is not asked again.`];
    case 'stopped':
      return [`${goesOn}: rows that failed are tried again.`];
    case 'retried':
      return [`${goesOn}: only rows that failed are run again.`];
    case 'finished':
      return [`${goesOn}: it was finished, and what it gave is written again.`];
    case 'changed':
      return [
        `${goesOn}: what was answered is not asked again.`,
        'The workflow, its rows or its targets have changed since: answers to unchanged questions are kept.',
      ];
  }
}

/** That a run was finished already. @param endedAt When it was. */
export function nothingToDo(
  { id, counts, groups }: Pick<RunState, 'id' | 'counts' | 'groups'>,
  { endedAt, now, isSingle }: { readonly endedAt: number; readonly now: number; readonly isSingle: boolean },
): string {
  const failed = [
    ...(counts.failed > 0 ? [isSingle ? 'it failed' : `${count(counts.failed)} failed`] : []),
    ...(groups.failed > 0 ? [`${plural(groups.failed, 'group')} failed`] : []),
  ].join(', ');
  const rows = isSingle ? '' : ` with ${plural(counts.rows, 'row')}`;
  const retry =
    failed === '' ? '' : ` \`millrace runs retry ${id}\` runs ${isSingle ? 'it' : 'the failed ones'} again;`;
  return `Nothing to do: run ${id} finished ${ago(endedAt, now)}${rows}${failed === '' ? '' : ` (${failed})`}.${retry} \`--new\` starts afresh.`;
}

/** How to go on with a run that ended before its rows did. */
export function howToGoOn({ status, error }: Pick<RunState, 'status' | 'error'>): string | undefined {
  if (status === 'interrupted') return 'Run the same command again to go on.';
  if (status !== 'stopped' || !error) return undefined;
  return 'Run the same command again to go on; rows that failed are tried again.';
}
