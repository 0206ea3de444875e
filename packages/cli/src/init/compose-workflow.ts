import type { ChosenColumns } from './choose-columns.ts';
import type { Recipe } from './recipe.ts';
import { columnExpression, plainValue, quotedValue } from './yaml-text.ts';

/** What a first workflow is made from. */
export interface Wanted {
  /** The name of the file, without its ending. */
  readonly name: string;
  readonly recipe: Recipe;
  readonly model: string;
  /** Absent: a single run over an input. */
  readonly rows?: {
    /** As the file is to name it: relative to its folder, with `/`. */
    readonly from: string;
    readonly columns: ChosenColumns;
  };
}

/** The text of a first workflow. */
export const composeWorkflow = (wanted: Wanted): string =>
  [
    `name: ${plainValue(wanted.name)}`,
    `model: ${plainValue(wanted.model)}`,
    '',
    ...sourceLines(wanted),
    'steps:',
    `  ${wanted.recipe.step}:`,
    ...wanted.recipe.body(textOf(wanted)).map((line) => `    ${line}`),
    ...saveLines(wanted),
    '',
  ].join('\n');

const textOf = ({ rows, recipe }: Wanted): string =>
  rows ? columnExpression(rows.columns.text) : `\${inputs.${recipe.input.name}}`;

function sourceLines({ rows, recipe: { input } }: Wanted): string[] {
  if (!rows) return ['inputs:', `  ${input.name}: { type: string, description: ${input.description} }`, ''];
  const { key } = rows.columns;
  return [
    'each:                                 # the steps run once for each row',
    `  from: ${plainValue(rows.from)}`,
    ...(key === undefined ? [] : [`  key: ${quotedValue(columnExpression(key))}`]),
    '',
  ];
}

/** A single run prints its value. */
function saveLines({ rows, name, recipe }: Wanted): string[] {
  if (!rows) return [];
  const fields = Object.entries(recipe.fields).map(([field, value]) => `    ${field}: ${value}`);
  return ['', 'save:', `  to: ${plainValue(`out/${name}.jsonl`)}`, '  fields:', ...fields];
}
