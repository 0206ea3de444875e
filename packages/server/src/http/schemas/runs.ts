import { count, list, map, object, ref, type Schema, text, time } from './object.ts';

/** How a run stands, or ended. */
export const runStatuses = ['running', 'done', 'stopped', 'interrupted'] as const;

const run = {
  id: text('Such as 20261123-0203-9f3a1c.'),
  workflow: text('The name of the workflow.'),
  file: text('The file of the workflow, absolute.'),
  status: text('`done` whatever failed; `stopped` by its errors; `interrupted` also where its process died.', {
    enum: runStatuses,
  }),
  'due?': time('When a schedule wanted it.'),
  started_at: time('When it was begun first.'),
  'ended_at?': time('When it ended, or was heard of last; absent while it is in work.'),
  counts: ref('Counts'),
};

/** What is told of runs. */
export const runSchemas = {
  Counts: object(
    {
      rows: count('The sum of the others.'),
      ok: count('Rows that ended well.'),
      degraded: count('Rows that went on without the value of a step that failed.'),
      failed: count('Rows that failed.'),
      skipped: count('Rows that `each.where` left out.'),
    },
    { description: 'How many rows have ended how.' },
  ),
  Tokens: object({ prompt_tokens: count('Of prompts.'), output_tokens: count('Of answers.') }),
  GroupCounts: object(
    { ok: count('Groups that ended well.'), failed: count('That failed.'), skipped: count('That were left out.') },
    { description: 'How many groups of reduces have ended how.' },
  ),
  Cause: object(
    {
      code: text('The code of the error.'),
      message: text('The message of the first.'),
      count: count('How many rows and groups failed so.'),
      keys: list(text('A key.'), 'The first few.'),
    },
    { description: 'Rows that failed for what looks like one reason.' },
  ),
  Run: object(run, { description: 'A run, as in `millrace runs --format json`.' }),
  RunDetail: object(
    {
      ...run,
      'replaced?': { const: true, description: 'A newer run of the same command was begun afresh.' },
      invocation: { description: 'What the caller gave, to run it again.' },
      models: map(text('A digest.'), 'Digests by model.'),
      'owner?': object({ host: text('Its machine.'), pid: count('Its id.') }, { description: 'The process at work.' }),
      causes: list(ref('Cause'), 'Why rows and groups failed; of the first 1,000 that did.'),
      retry_causes: map(count('Rows and groups.'), 'What a retry may ask for as its `cause`; of the first 1,000.'),
      files: list(
        object({
          path: text('Absolute.'),
          bytes: count('Known to be in it.'),
          finished: { type: 'boolean', description: 'Whether it is whole.' },
        }),
        'The files that it writes.',
      ),
      'groups?': ref('GroupCounts'),
      'tokens?': ref('Tokens'),
      'reused_tokens?': ref('Tokens'),
      'error?': ref('Failure'),
    },
    { description: 'All that is known of a run but its rows.' },
  ),
  RunPage: object({
    runs: list(ref('Run'), 'Newest first.'),
    'next?': count('The `before` of the next page; absent on the last.'),
  }),
  RunId: object({ id: text('Of the run.') }),
} satisfies Readonly<Record<string, Schema>>;
