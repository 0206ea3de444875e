import { isMillraceError } from '@millrace/errors';
import type { RowPageOptions } from '@millrace/runner';
import { HttpError } from '../error-answer.ts';
import type { HttpWorld } from '../http-world.ts';
import { rowDetailJson, rowJson } from '../json/row-json.ts';
import { ofRun } from '../of-run.ts';
import { defineRoute, type Route } from '../route.ts';
import { answers } from '../schemas/answers.ts';
import { object, ref, text } from '../schemas/object.ts';
import { limit, runParams } from '../schemas/parameters.ts';
import { rowStatuses } from '../schemas/rows.ts';

/** Of an answer, a row more. */
const maxBytes = 2 * 1024 * 1024;

/** The rows of a run. */
export const rowRoutes = ({ journal }: HttpWorld): readonly Route[] => [
  defineRoute<{ params: { id: string }; query: Omit<RowPageOptions, 'maxBytes'> }>({
    method: 'GET',
    url: '/api/runs/:id/rows',
    schema: {
      tags: ['rows'],
      operationId: 'listRows',
      summary: 'Rows in the order of the input, those in work included; or the groups of a reduce.',
      params: runParams,
      querystring: object({
        'status?': text('Only those that ended so.', { enum: rowStatuses }),
        'step?': text('The groups of this reduce in place of the rows.', { minLength: 1 }),
        'after?': { type: 'integer', minimum: 0, description: 'The `next` of the page before.' },
        'limit?': limit(1_000, 100),
      }),
      response: answers(ref('RowPage'), 'A page of rows.'),
    },
    handle: async ({ params: { id }, query }) => {
      const page = await ofRun(journal, id, (reader, run) => reader.rows(run.id, { ...query, maxBytes }));
      return { ...page, rows: page.rows.map(rowJson) };
    },
  }),
  defineRoute<{ params: { id: string; key: string } }>({
    method: 'GET',
    url: '/api/runs/:id/rows/:key',
    schema: {
      tags: ['rows'],
      operationId: 'getRow',
      summary: 'A row, or a group of a reduce, with all that was asked for it.',
      params: object({
        id: text('Of the run.'),
        key: text('Of the row, a slash in it as `%2F`; of one that could not be read its place.'),
      }),
      response: answers(ref('RowDetail'), 'The row.'),
    },
    handle: async ({ params: { id, key } }) => {
      const run = await ofRun(journal, id, (_, found) => found);
      return rowDetailJson(await ofRun(journal, run.id, (reader) => found(() => reader.row(run.id, key))));
    },
  }),
];

/** A key that no row has is a wrong word on a command line; here it is a page that is not there. */
function found<Value>(look: () => Value): Value {
  try {
    return look();
  } catch (error) {
    if (!isMillraceError(error) || error.code !== 'USAGE_INVALID') throw error;
    throw new HttpError(404, error.code, error.message, error.hint, error);
  }
}
