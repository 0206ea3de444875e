import { relative } from 'node:path';
import { countRows, type LoadedWorkflow, type RunEvent, type RunState } from '@millrace/runner';
import type { Terminal } from '../terminal.ts';
import { createPace, progressLine } from './progress.ts';
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
export interface ViewFlags {
  /** Events as NDJSON on stdout, and no words. */
  readonly json?: boolean;
  /** No words but errors. */
  readonly quiet?: boolean;
  /** No more rows than these. */
  readonly first?: number;
}

/** Milliseconds between two lines of progress: on a terminal the same line is written anew. */
const everyMs = { tty: 100, log: 2_000 } as const;

/** Shows a run: events for programs, or progress and a summary for people. */
export function createRunView(workflow: LoadedWorkflow, flags: ViewFlags, terminal: Terminal): RunView {
  if (flags.json) return jsonView(terminal);
  const data = dataView(workflow, terminal);
  return flags.quiet ? data : withProgress(data, workflow, flags.first, terminal);
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

function withProgress(data: RunView, workflow: LoadedWorkflow, first: number | undefined, terminal: Terminal): RunView {
  const pace = createPace();
  // Results on stdout must stand alone there.
  const say = workflow.each && workflow.saveTo !== '-' ? (text: string) => void terminal.out(text) : terminal.err;
  let current: RunState | undefined;
  let total: number | undefined;
  let closed = false;
  void countRows(workflow, () => closed).then((rows) => {
    total = rows === undefined ? first : Math.min(rows, first ?? rows);
  });
  const clearLine = (): void => {
    if (terminal.errIsTty) terminal.err('\r\u001b[K');
  };
  const show = (): void => {
    if (current?.status !== 'running') return;
    pace.note(current, performance.now());
    const line = progressLine(current, pace, total);
    if (!terminal.errIsTty) terminal.err(`${line}\n`);
    else terminal.err(`\r\u001b[K${line.slice(0, terminal.columns - 1)}`);
  };
  const timer = setInterval(show, terminal.errIsTty ? everyMs.tty : everyMs.log);
  const close = (): void => {
    closed = true;
    clearInterval(timer);
  };
  return {
    notes: (lines) => say(`${safeText(lines.join('\n'))}\n`),
    event: (event) => {
      if (event.type === 'run-end') clearLine();
      data.event(event);
    },
    state: (state) => {
      if (current === undefined) pace.note(state, performance.now());
      current = state;
      if (state.status === 'waiting' || state.status === 'running') return;
      close();
      const isNews = workflow.each || state.status !== 'done' || state.counts.failed > 0;
      if (isNews) say(renderSummary(state, shownTarget(workflow)));
    },
    close,
  };
}

function shownTarget({ saveTo }: LoadedWorkflow): string | undefined {
  if (saveTo === undefined || saveTo === '-') return undefined;
  const near = relative(process.cwd(), saveTo);
  return near.startsWith('..') ? saveTo : near;
}
