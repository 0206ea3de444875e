import { count, list, map, object, ref, type Schema, text, time } from './object.ts';

/** What may become of a due time. */
export const dueStates = ['waiting', 'running', 'ok', 'failed', 'stopped', 'skipped'] as const;

const schedule = {
  when: text('When it runs, such as `0 2 * * * Europe/Berlin`.'),
  'next?': time('When it is due next; absent where it has ended, is paused, or waits for files.'),
  'paused?': object({ by: text('Who paused it.', { enum: ['user', 'failures'] }), at: time('Since then.') }),
  running: count('Runs of it that are in work.'),
  waiting: count('Due times that wait for a run before them.'),
  'last?': ref('Due'),
  failures: count('Failed runs in a row, up to the last.'),
  failing: { type: 'boolean', description: 'Its last run failed, or it is paused by failures.' },
};

/** What is told of workflows and their schedules. */
export const workflowSchemas = {
  Due: object(
    {
      due: time('The time.'),
      cause: text('Why it is there.', { enum: ['schedule', 'missed', 'trigger', 'backfill', 'watch'] }),
      state: text('`stopped`: by somebody, or replaced by the next one.', { enum: dueStates }),
      'reason?': text('Why it was skipped, or failed.'),
      'run?': text('The id of its run, once that has begun.'),
      'ended_at?': time('When it ended.'),
    },
    { description: 'What became of a time at which a schedule was due.' },
  ),
  Schedule: object(schedule),
  ScheduleOf: object(
    { workflow: text('The id of the workflow.'), ...schedule },
    { description: 'The schedule of a workflow, as it stands.' },
  ),
  Workflow: object(
    {
      id: text('Its path below the folder that is served, such as `nightly/reviews.yaml`.'),
      name: text('Its `name`, else the name of the file.'),
      file: text('Absolute.'),
      'description?': text('What it says of itself.'),
      inputs: map(
        object({
          type: text('Of its values.', { enum: ['string', 'number', 'boolean'] }),
          'default?': { type: ['string', 'number', 'boolean'], description: 'Absent: a value must be given.' },
          'description?': text('What it is for.'),
        }),
        'What a run may be started with.',
      ),
      problems: list(
        object({
          code: text('One of docs/diagnostics.md.'),
          severity: text('With an error it cannot be run.', { enum: ['error', 'warning'] }),
          message: text('What is wrong.'),
          hint: text('What to do about it; may be empty.'),
          path: text('The place in the YAML; empty for the whole file.'),
          line: count('Counted from 1.'),
          column: count('Counted from 1.'),
        }),
        'What is wrong with it.',
      ),
      'schedule?': ref('Schedule'),
    },
    { description: 'A workflow that is served.' },
  ),
} satisfies Readonly<Record<string, Schema>>;
