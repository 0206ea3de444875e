import { type Journal, openJournal } from '@millrace/runner';

/** How the rows of a run are made up. */
export interface WrittenRun {
  readonly rows: number;
  /** Of a row, by its place. Default: every tenth failed. */
  readonly statusOf?: (index: number) => 'ok' | 'degraded' | 'failed' | 'skipped';
  /** Characters of each result. Default: 100. */
  readonly length?: number;
  /** The run stays in work until the journal is closed. */
  readonly staysInWork?: boolean;
}

/** Writes a run with many rows, as one that is executed writes it; to be closed by the caller. */
export async function writeJournal(
  path: string,
  { rows, statusOf = tenthFails, length = 100, staysInWork }: WrittenRun,
) {
  const journal: Journal = await openJournal(path);
  const run = await journal.begin({
    identity: `rows ${rows}`,
    workflow: 'many',
    file: '/many.yaml',
    invocation: { inputs: {} },
    passKey: 'one',
    paths: [],
    mode: 'continue',
    at: Date.now(),
  });
  const text = JSON.stringify({ text: 'x'.repeat(length) });
  const add = (index: number): Promise<unknown> => {
    const place = { step: '', position: index, key: `k${index}`, place: `line ${index + 2}`, hash: 'h' };
    const status = statusOf(index);
    const make = () => ({
      status,
      result: status === 'failed' || status === 'skipped' ? null : text,
      failure: status === 'failed' ? failure : null,
      cause: status === 'failed' ? 'cut' : null,
      labels: null,
      promptTokens: 10,
      outputTokens: 5,
    });
    const ended = run.begin(place, undefined, 'd').end(status, make, [], Date.now());
    // A failure is committed at once, which is not what is to be measured here.
    return ended;
  };
  const chunk = 2_000;
  for (let from = 0; from < rows; from += chunk) {
    await Promise.all(Array.from({ length: Math.min(chunk, rows - from) }, (_, at) => add(from + at)));
  }
  if (!staysInWork) {
    await run.end({
      type: 'run-end',
      at: Date.now(),
      status: 'done',
      counts: { rows, ok: rows, degraded: 0, failed: 0, skipped: 0 },
      tokens: { promptTokens: 0, outputTokens: 0 },
      durationMs: 1,
    });
  }
  return { id: run.id, add, run, journal };
}

const tenthFails = (index: number): 'ok' | 'failed' => (index % 10 === 9 ? 'failed' : 'ok');

const failure = JSON.stringify({
  row: { text: 'y'.repeat(100) },
  error: { code: 'STREAM_TRUNCATED', message: 'It broke.', retryable: true },
  answer: 'half of',
  attempts: 4,
});
