import { MillraceError } from '@millrace/errors';
import type { Database } from './database.ts';

/** One script a version, never changed once it was released: `user_version` says how many a journal has seen. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    identity TEXT NOT NULL,          -- workflow path, inputs and source: the same command continues the same run
    replaced INTEGER NOT NULL,       -- 1: a newer run of this identity was begun afresh
    workflow TEXT NOT NULL,
    file TEXT NOT NULL,
    invocation TEXT NOT NULL,        -- JSON: what the caller gave, to run it again
    status TEXT NOT NULL,            -- running, done, interrupted, stopped
    due INTEGER,                     -- milliseconds since 1970, as all times here
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    pass INTEGER NOT NULL,           -- counts each change of the rows, the workflow or the targets
    pass_key TEXT NOT NULL,
    ended TEXT,                      -- JSON: the last event
    models TEXT NOT NULL,            -- JSON: digests by model
    owner TEXT,                      -- JSON: the process that executes it; null where none does
    heard_at INTEGER
  ) STRICT;
  CREATE INDEX runs_of_identity ON runs (identity, run);

  -- A row of the input (step is empty), or a group of a reduce (step is its id).
  CREATE TABLE rows (
    row INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    step TEXT NOT NULL,
    pass INTEGER NOT NULL,           -- the last one that had it
    position INTEGER NOT NULL,
    key TEXT,                        -- null where it could not be read
    place TEXT NOT NULL,
    hash TEXT,                       -- of its content
    definition TEXT,                 -- hash of what its result depends on in the workflow
    status TEXT,                     -- ok, degraded, failed, skipped; null while it is in work
    sequence INTEGER,                -- the order in which rows ended
    result TEXT,                     -- JSON: the fields that are saved
    failure TEXT,                    -- JSON: row, error, answer
    cause TEXT,                      -- the word of retry, or the code
    labels TEXT,                     -- JSON: the values that the summary counts
    prompt_tokens INTEGER,
    output_tokens INTEGER,
    ended_at INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX rows_by_key ON rows (run, step, key);
  CREATE INDEX rows_by_position ON rows (run, step, pass, position);
  CREATE INDEX rows_failed ON rows (run, step, pass, position) WHERE status = 'failed';

  CREATE TABLE answers (
    row INTEGER NOT NULL,
    step TEXT NOT NULL,
    element INTEGER NOT NULL,
    round INTEGER NOT NULL,
    asked INTEGER NOT NULL,          -- answers to this question before it that did not fit
    request TEXT NOT NULL,           -- hash of all that decides the answer
    attempt INTEGER NOT NULL,
    host TEXT,
    talk TEXT NOT NULL,              -- JSON: what was sent
    text TEXT,
    thinking TEXT,
    value TEXT,                      -- JSON, of a kind whose answer is no text
    truncated INTEGER NOT NULL,
    usage TEXT,                      -- JSON
    determined INTEGER,              -- 1: the same request gives the same answer; else null
    at INTEGER NOT NULL,
    PRIMARY KEY (row, step, element, round, asked)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX answers_determined ON answers (request) WHERE determined = 1;

  -- Attempts that gave no answer that could be used.
  CREATE TABLE failures (
    row INTEGER NOT NULL,
    step TEXT NOT NULL,
    element INTEGER NOT NULL,
    round INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    error TEXT NOT NULL,             -- JSON
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX failures_of_row ON failures (row);

  -- What a row is worth to a reduce.
  CREATE TABLE items (
    row INTEGER NOT NULL,
    reduce TEXT NOT NULL,
    item INTEGER NOT NULL,
    run INTEGER NOT NULL,
    name TEXT NOT NULL,              -- JSON: what group_by gave
    value TEXT NOT NULL,             -- JSON
    PRIMARY KEY (row, reduce, item)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX items_of_group ON items (run, reduce, name);

  CREATE TABLE files (
    run INTEGER NOT NULL,
    path TEXT NOT NULL,
    pass INTEGER NOT NULL,
    length INTEGER NOT NULL,         -- bytes that are committed
    checksum INTEGER NOT NULL,       -- CRC-32 of them
    next INTEGER NOT NULL,           -- the first position, or sequence, that is not in it
    modified REAL,                   -- of the finished file
    PRIMARY KEY (run, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX files_by_path ON files (path);
  `,
  // A file of its own for a row: it goes when the row does.
  'ALTER TABLE files ADD COLUMN of_row INTEGER NOT NULL DEFAULT 0',
  // A page of a million rows, in the order in which they ended, costs no more than one of few.
  'CREATE INDEX rows_by_sequence ON rows (run, sequence)',
  // Rows that wait for a later stage: for another model, or for a larger window.
  `
  CREATE TABLE parked (
    row INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    position INTEGER NOT NULL,
    model TEXT NOT NULL,             -- that it waits for
    value TEXT NOT NULL,             -- JSON: the row
    ended TEXT NOT NULL              -- JSON: the steps that ended before
  ) STRICT;
  CREATE INDEX parked_by_model ON parked (run, model, position);
  `,
  // Prompts that are cut have an answer for each piece. A key cannot be added to, so that the table is made anew.
  `
  ALTER TABLE answers RENAME TO answers_of_whole_prompts;
  CREATE TABLE answers (
    row INTEGER NOT NULL,
    step TEXT NOT NULL,
    element INTEGER NOT NULL,
    round INTEGER NOT NULL,
    piece TEXT NOT NULL,             -- of a prompt that was cut, such as 2, or 2.0; else empty
    asked INTEGER NOT NULL,
    request TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    host TEXT,
    talk TEXT NOT NULL,
    text TEXT,
    thinking TEXT,
    value TEXT,
    truncated INTEGER NOT NULL,
    usage TEXT,
    determined INTEGER,
    at INTEGER NOT NULL,
    PRIMARY KEY (row, step, element, round, piece, asked)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO answers (row, step, element, round, piece, asked, request, attempt, host, talk, text, thinking, value, truncated, usage,
      determined, at)
    SELECT row, step, element, round, '', asked, request, attempt, host, talk, text, thinking, value, truncated, usage, determined, at
    FROM answers_of_whole_prompts;
  DROP TABLE answers_of_whole_prompts;
  CREATE INDEX answers_determined ON answers (request) WHERE determined = 1;
  ALTER TABLE failures ADD COLUMN piece TEXT NOT NULL DEFAULT '';
  `,
  // Schedules: each due time is seen to once, and has one run.
  `
  CREATE TABLE schedules (
    file TEXT PRIMARY KEY,
    definition TEXT NOT NULL,        -- what the schedule is: an edited one begins anew
    seen_to INTEGER NOT NULL,        -- due times up to here have been seen to
    paused_by TEXT,                  -- user, failures; null while it goes on
    paused_at INTEGER,
    counted_from INTEGER NOT NULL    -- failures before do not count
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE dues (
    file TEXT NOT NULL,
    due INTEGER NOT NULL,
    cause TEXT NOT NULL,             -- schedule, missed, trigger, backfill, watch
    start_at INTEGER NOT NULL,
    state TEXT NOT NULL,             -- waiting, running, ok, failed, stopped, skipped
    reason TEXT,
    id TEXT,                         -- of its run
    ended_at INTEGER,
    PRIMARY KEY (file, due)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX dues_open ON dues (start_at) WHERE state IN ('waiting', 'running');
  CREATE TABLE watched (
    file TEXT NOT NULL,
    path TEXT NOT NULL,
    seen TEXT NOT NULL,              -- size and time of the last change that a run was started for
    PRIMARY KEY (file, path)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE servers (
    server INTEGER PRIMARY KEY CHECK (server = 1),
    owner TEXT NOT NULL,             -- JSON: the process that starts what is due
    heard_at INTEGER NOT NULL,
    url TEXT
  ) STRICT;
  CREATE UNIQUE INDEX runs_of_due ON runs (identity, due) WHERE due IS NOT NULL AND replaced = 0;
  CREATE INDEX runs_by_due ON runs (file, due) WHERE due IS NOT NULL;
  `,
  // Pages of runs, of rows by status, and of what happened last cost as much as what is in them, and nobody counts rows.
  `
  ALTER TABLE runs ADD COLUMN counted_pass INTEGER;      -- the pass that these are of; null where nothing was counted
  ALTER TABLE runs ADD COLUMN ok INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN degraded INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX runs_by_file ON runs (file, run);
  CREATE INDEX runs_by_workflow ON runs (workflow, run);
  CREATE INDEX rows_ok ON rows (run, step, pass, position) WHERE status = 'ok';
  CREATE INDEX rows_degraded ON rows (run, step, pass, position) WHERE status = 'degraded';
  CREATE INDEX rows_skipped ON rows (run, step, pass, position) WHERE status = 'skipped';
  DROP INDEX rows_by_sequence;
  CREATE INDEX rows_by_sequence ON rows (run, pass, sequence) WHERE sequence IS NOT NULL;
  `,
];

/**
 * Brings a journal to this version's tables.
 *
 * @throws {MillraceError} `JOURNAL_NEWER`.
 */
export function migrate(database: Database, path: string, scripts: readonly string[] = migrations): void {
  if (knownVersion(database, path, scripts) === scripts.length) return;
  // Another process may be doing the same.
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = knownVersion(database, path, scripts);
    for (const script of scripts.slice(version)) database.exec(script);
    database.exec(`PRAGMA user_version = ${scripts.length}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Whether there is anything in a journal. One of an older version is brought to this one.
 *
 * @throws {MillraceError} `JOURNAL_NEWER`.
 */
export function hasTables(database: Database, path: string): boolean {
  const version = knownVersion(database, path, migrations);
  if (version > 0) migrate(database, path);
  return version > 0;
}

function knownVersion(database: Database, path: string, scripts: readonly string[]): number {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version <= scripts.length) return version;
  const message = `The journal \`${path}\` has version ${version}, and this Millrace knows ${scripts.length}.`;
  throw new MillraceError('JOURNAL_NEWER', message);
}
