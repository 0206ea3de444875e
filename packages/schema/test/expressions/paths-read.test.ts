import { expect, test } from '@jest/globals';
import type { PlannedStep } from '@millrace/schema';
import { workflowOf } from '../support/check.ts';

test.each([
  ['a column', '${row.text}', ['row.text']],
  ['an odd column', '${row["Review Text"]}', ['row["Review Text"]']],
  ['a column in brackets, as with a dot', '${row["text"]}', ['row.text']],
  ['a step, whole and through default', '${a} ${default(a, "none")}', ['a']],
  ['the facts of a step', '${steps.a.status}', ['steps.a.status']],
  ['what a function is called on', '${row.text.trim()}', ['row.text']],
  ['the list of a macro, and not its variable', '${row.text.split(" ").map(x, x + a)}', ['row.text', 'a']],
  ['text without expressions', 'row.text', []],
])('a template names the places it reads: %s', async (_, generate, paths) => {
  const steps = { last: { generate }, a: { generate: 'hi' } };
  const workflow = await workflowOf(JSON.stringify({ model: 'm', each: { from: 'rows.csv' }, steps }));
  const { body } = workflow.steps.find(({ id }) => id === 'last') as PlannedStep;
  expect([...body.paths]).toEqual(paths);
});
