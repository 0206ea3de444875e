import { relative } from 'node:path';
import type { LoadedWorkflow, RunEvent, RunStart, RunState } from '@millrace/runner';
import type { Invocation } from '../run/invocation.ts';
import type { Terminal } from '../terminal.ts';
import { plural } from './figures.ts';
import { createRealWork } from './real-work.ts';
import { howToGoOn, nothingToDo, startNotes } from './run-notes.ts';
import { createProgress, type RowChoice } from './run-progress.ts';
import { safeText } from './safe-text.ts';
import { renderSummary } from './summary.ts';

/** What a run shows. */
export interface RunView {
  /** Said before the first row. */
  notes(lines: readonly string[]): void;
  event(event: RunEvent): void;
  state(state: RunState): void;
  close(): void;
}

/** How a run is shown. */
export interface ViewOptions {
  /** Events as NDJSON on stdout, and no words. */
  readonly json?: boolean | undefined;
  /** No words but errors. */
  readonly quiet?: boolean | undefined;
  /** Which rows it takes. */
  readonly invocation: RowChoice;
}

/** Shows a run: events for programs, or progress and a summary for people. */
export function createRunView(workflow: LoadedWorkflow, options: ViewOptions, terminal: Terminal): RunView {
  if (options.json) return jsonView(terminal);
  const data = dataView(workflow, terminal);
  return options.quiet ? data : withWords(data, workflow, options.invocation, terminal);
}

const jsonView = (terminal: Terminal): RunView => ({
  notes: () => {},
  event: (event) => void terminal.out(`${JSON.stringify(event)}\n`),
  state: () => {},
  close: () => {},
});

/** A single run that saves nothing prints its value. */
const dataView = ({ each, saveTo }: LoadedWorkflow, terminal: Terminal): RunView => ({
  notes: () => {},
  event: (event) => {
    if (event.type !== 'run-end' || each || saveTo !== undefined || event.status !== 'done') return;
    if (event.value === undefined || event.value === null) return;
    const text = typeof event.value === 'string' ? event.value : JSON.stringify(event.value, null, 2);
    void terminal.out(`${safeText(text)}\n`);
  },
  state: () => {},
  close: () => {},
});

/** Words go to stderr, but for the summary of rows where no results are on stdout. */
function withWords(data: RunView, workflow: LoadedWorkflow, selection: RowChoice, terminal: Terminal): RunView {
  const words = (lines: readonly string[]): void => {
    if (lines.length > 0) terminal.err(`${safeText(lines.join('\n'))}\n`);
  };
  const sum = workflow.each && workflow.saveTo !== '-' ? (text: string) => void terminal.out(text) : terminal.err;
  const work = createRealWork();
  const progress = createProgress(workflow, selection, work, terminal);
  let start: RunStart | undefined;
  let endedAt = 0;
  const sayStart = (): void => {
    if (!start) return;
    words([...(selection.sample ? [sampleNote(selection.sample)] : []), ...startNotes(start)]);
    start = undefined;
  };
  return {
    notes: words,
    event: (event) => {
      if (event.type === 'run-start') {
        start = event;
        // Of a finished run the next event says whether there is anything to do.
        if (event.found !== 'finished') sayStart();
      } else if (event.type === 'run-end') {
        endedAt = event.at;
        progress.close();
        if (!event.unchanged) sayStart();
      } else {
        sayStart();
        progress.begin();
      }
      work.note(event);
      data.event(event);
    },
    state: (state) => {
      progress.state(state);
      if (state.status === 'waiting' || state.status === 'running') return;
      const isSingle = !workflow.each;
      if (state.unchanged) words([nothingToDo(state, { endedAt, now: Date.now(), isSingle })]);
      else if (!isSingle || state.status !== 'done' || state.counts.failed > 0)
        sum(renderSummary(state, shownTarget(workflow, terminal.cwd), work));
      const next = howToGoOn(state);
      if (next !== undefined) words([next]);
    },
    close: progress.close,
  };
}

const sampleNote = ({ size, seed }: NonNullable<Invocation['sample']>): string =>
  `A sample of ${plural(size, 'row')}, chosen with \`--seed ${seed}\`: another seed chooses others.`;

function shownTarget({ saveTo }: LoadedWorkflow, cwd: string): string | undefined {
  if (saveTo === undefined || saveTo === '-') return undefined;
  const near = relative(cwd, saveTo);
  return near.startsWith('..') ? saveTo : near;
}
