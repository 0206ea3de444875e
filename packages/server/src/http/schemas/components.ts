import { hostSchemas } from './hosts.ts';
import type { Schema } from './object.ts';
import { object, text } from './object.ts';
import { rowSchemas } from './rows.ts';
import { runSchemas } from './runs.ts';
import { workflowSchemas } from './workflows.ts';

const errors = {
  Error: object(
    {
      error: object({
        code: text('Stable; one of docs/errors.md, or INTERNAL.'),
        message: text('What happened.'),
        hint: text('What to do next.'),
      }),
    },
    { description: 'Why a request was refused, or could not be answered.' },
  ),
  Failure: object(
    {
      code: text('Stable; one of docs/errors.md, or INTERNAL.'),
      message: text('What happened.'),
      'hint?': text('What to do next.'),
      retryable: { type: 'boolean', description: 'Whether the same call may succeed if it is made again.' },
      'cause?': { $ref: 'Failure#' },
    },
    { description: 'An error of a run, a row or a call, as it was kept.' },
  ),
} satisfies Readonly<Record<string, Schema>>;

/** The parts that routes share, by name. */
export const components: readonly Schema[] = Object.entries({
  ...errors,
  ...runSchemas,
  ...rowSchemas,
  ...workflowSchemas,
  ...hostSchemas,
}).map(([name, schema]) => ({ $id: name, title: name, ...schema }));
