import { count, list, object, ref, type Schema, text, time } from './object.ts';

/** How a row ended. */
export const rowStatuses = ['ok', 'degraded', 'failed', 'skipped'] as const;

const row = {
  key: text('Of a row that could not be read its place.'),
  'step?': text('Of a group: the reduce that it belongs to.'),
  place: text('Such as `line 17`.'),
  'status?': text('Absent while it is in work.', { enum: rowStatuses }),
  'ended_at?': time('When it ended.'),
  'result?': { description: 'The fields that are saved; of a group `group`, `count` and `value`.' },
  'error?': ref('Failure'),
  tokens: ref('Tokens'),
};

const call = {
  step: text('The step.'),
  'element?': count('In a step with `for`: the place of the item.'),
  'round?': count('The round of a `repeat`, or of a fold.'),
  'piece?': text('The piece of a prompt that did not fit.'),
  attempt: count('Counted from 1.'),
  at: time('When it ended.'),
};

const milliseconds = (description: string): Schema => ({ type: 'number', description });

/** What is told of rows. */
export const rowSchemas = {
  Row: object(
    {
      ...row,
      index: count('Its place in the input, counted from 0.'),
      'answer?': text('The last text of the model, where the failure kept it.'),
      'attempts?': count('How often the call that failed was made.'),
    },
    { description: 'A row of the input, or a group of a reduce.' },
  ),
  RowPage: object({
    rows: list(ref('Row'), 'In the order of the input. A page of long rows has fewer than `limit`.'),
    'next?': count('The `after` of the next page; absent where there are no more rows.'),
  }),
  Usage: object({
    prompt_tokens: count('Those read from the cache included.'),
    output_tokens: count('Thinking included.'),
    total_ms: milliseconds('On the server, waiting included.'),
    load_ms: milliseconds('Loading the model.'),
    prompt_ms: milliseconds('Reading the prompt.'),
    output_ms: milliseconds('Writing the answer.'),
  }),
  RowDetail: object(
    {
      ...row,
      answers: list(
        object({
          ...call,
          'host?': text('That gave it.'),
          sent: list(object({ role: text('Who speaks.'), content: text('What is said.') }), 'What was sent.'),
          'text?': text('The answer.'),
          'thinking?': text('The thinking before it.'),
          'value?': { description: 'Of a kind of step whose answer is no text.' },
          truncated: { type: 'boolean', description: 'It was cut by a limit.' },
          'usage?': ref('Usage'),
        }),
        'In the order of time.',
      ),
      failures: list(object({ ...call, error: ref('Failure') }), 'Attempts that gave no answer that could be used.'),
    },
    { description: 'A row, with all that was asked for it.' },
  ),
} satisfies Readonly<Record<string, Schema>>;
