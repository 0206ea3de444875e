import { object, type Schema, text } from './object.ts';

/** The `:id` of a run. */
export const runParams: Schema = object({
  id: text('Of the run: whole, its unique beginning, its last part, or `last` for the newest.'),
});

/** How many at most. */
export const limit = (most: number, usual: number): Schema => ({
  type: 'integer',
  minimum: 1,
  maximum: most,
  default: usual,
  description: 'How many at most.',
});

/** The id of a workflow in a body or a query. */
export const workflowId: Schema = text('The id of the workflow, such as `nightly/reviews.yaml`.', { minLength: 1 });
