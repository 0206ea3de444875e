import { MillraceError } from '@millrace/errors';
import type { Columns, Surroundings } from '@millrace/schema';
import { withColumns, workflowOf } from './check.ts';

/** What expressions are evaluated with. */
export interface Evaluation {
  readonly row?: Readonly<Record<string, unknown>>;
  /** Default: unknown. */
  readonly columns?: Columns;
  readonly inputs?: Readonly<Record<string, string | number | boolean>>;
  /** The values of steps that have run, by step. */
  readonly steps?: Readonly<Record<string, unknown>>;
  /** The `returns` of those that do not return text. */
  readonly returns?: Readonly<Record<string, unknown>>;
  /** The texts that `file()` reads, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Steps that were skipped. */
  readonly skipped?: readonly string[];
}

/** The value of a field of `save`, which keeps the type of a single expression. */
export async function evaluate(template: string, evaluation: Evaluation = {}): Promise<unknown> {
  const { row = {}, columns, inputs = {}, steps = {}, returns = {}, skipped = [], files } = evaluation;
  const ids = [...Object.keys(steps), ...skipped];
  const file = {
    model: 'm',
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, { type: typeof value }])),
    each: { from: 'rows.csv' },
    steps: Object.fromEntries(
      [...ids, 'last'].map((id) => [id, { generate: 'hi', ...(id in returns && { returns: returns[id] }) }]),
    ),
    save: { fields: { result: template, last: '${last}' } },
  };
  const surroundings: Surroundings = {
    ...(columns && withColumns(columns)),
    ...(files && { readText: textsOf(files) }),
  };
  // JSON is YAML.
  const workflow = await workflowOf(JSON.stringify(file), surroundings);
  const facts = Object.fromEntries(
    ids.map((id) => [id, { status: skipped.includes(id) ? 'skipped' : 'ok', usage: null }]),
  );
  const values = Object.fromEntries(ids.map((id) => [id, skipped.includes(id) ? null : steps[id]]));
  return workflow.save.fields?.get('result')?.render({ ...values, row, inputs, key: 'k', index: 0, steps: facts });
}

/** Lends these texts as files. */
export const textsOf =
  (files: Readonly<Record<string, string>>) =>
  (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new MillraceError('FILE_NOT_FOUND', `There is no file \`${path}\`.`);
    return text;
  };
