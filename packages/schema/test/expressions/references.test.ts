import { describe, expect, test } from '@jest/globals';
import type { PlannedStep } from '@millrace/schema';
import { workflowOf } from '../support/check.ts';
import { evaluate } from '../support/evaluate.ts';

/** The step `last`, which may read the steps `a` and `b`, planned. */
async function planned(last: Readonly<Record<string, unknown>>): Promise<PlannedStep> {
  const steps = { last, a: { generate: 'hi' }, b: { generate: 'hi' } };
  const workflow = await workflowOf(JSON.stringify({ model: 'm', each: { from: 'rows.csv' }, steps }));
  return workflow.steps.find(({ id }) => id === 'last') as PlannedStep;
}

describe('what a step waits for, and what it needs', () => {
  test.each([
    ['nothing', '${row.text}', [], []],
    ['a step', '${a}', ['a'], ['a']],
    ['a call on a step', '${a.trim()}', ['a'], ['a']],
    ['two steps', '${a} and ${b}', ['a', 'b'], ['a', 'b']],
    ['a step twice', '${a + a} ${a}', ['a'], ['a']],
    ['a step through default', '${default(a, "none")}', ['a'], []],
    ['a step as what default falls back to', '${default(a, b)}', ['b', 'a'], ['b']],
    ['a step with and without default', '${default(a, "none")} ${a}', ['a'], ['a']],
    ['a step without and with default, in one expression', '${a + default(a, "none")}', ['a'], ['a']],
    ['deep in default', '${default(a.trim().lowerAscii(), "none")}', ['a'], []],
    ['the status of a step', '${steps.a.status}', ['a'], []],
    ['the status of a step in brackets', '${steps["a"].status}', ['a'], []],
    ['a name in a text', '${"a"} a $${a}', [], []],
    ['a column called like a step', '${row.a}', [], []],
    ['the variable of a macro', '${[1].map(a, a + 1)}', [], []],
    ['a step in a macro', '${[1].map(x, a)}', ['a'], ['a']],
    ['the list of a macro', '${a.split(" ").map(a, a)}', ['a'], ['a']],
    ['a macro in a macro', '${json([[1]].map(a, a.map(b, b))) + a}', ['a'], ['a']],
    ['a macro with a condition', '${[1].map(b, b > 1, a)}', ['a'], ['a']],
    ['a conditional', '${a == "x" ? b : ""}', ['a', 'b'], ['a', 'b']],
    ['a key of a map literal', '${{"a": 1}.a} ${{a: 1}}', ['a'], ['a']],
  ])('%s', async (_, generate, waitsFor, needs) => {
    const step = await planned({ generate });
    expect([...step.waitsFor].sort()).toEqual([...waitsFor].sort());
    expect([...step.needs].sort()).toEqual([...needs].sort());
  });

  test.each(['when', 'model', 'system', 'options'])('%s counts as the body does', async (part) => {
    const value = { when: '${a == ""}', model: '${a}', system: '${a}', options: { seed: '${double(a)}' } }[part];
    const { waitsFor, needs } = await planned({ generate: 'hi', [part]: value });
    expect(waitsFor).toEqual(['a']);
    expect(needs).toEqual(['a']);
  });

  test('a message of a chat counts', async () => {
    const { waitsFor } = await planned({ chat: [{ user: 'hi' }, { assistant: '${b}' }] });
    expect(waitsFor).toEqual(['b']);
  });

  test('expect reads the step itself, and waits for nothing', async () => {
    const step = await planned({ generate: 'hi', expect: { x: '${last}' } });
    expect(step.waitsFor).toEqual([]);
    expect(step.expectsFields).toEqual(['x']);
    expect(step.expect?.render({ last: 'value' })).toEqual({ x: 'value' });
  });
});

describe('a field of save that reads a skipped step', () => {
  const of = (template: string) =>
    evaluate(template, { skipped: ['a'], steps: { b: 'B' }, returns: { a: { mood: 'string?' } } });
  test.each([
    ['is null', '${a.mood}', null],
    ['is null as a whole', 'The mood is ${a.mood}.', null],
    ['is null, also where it compares', '${a == null}', null],
    ['is what default falls back to', '${default(a.mood, "none")}', 'none'],
    ['knows the status', '${steps.a.status}', 'skipped'],
    ['is not touched where it reads another', '${b}', 'B'],
  ])('%s: %s', async (_, template, value) => {
    expect(await of(template)).toBe(value);
  });

  test('but not where the step has run and its value is null', async () => {
    expect(
      await evaluate('${a.mood == null}', { steps: { a: { mood: null } }, returns: { a: { mood: 'string?' } } }),
    ).toBe(true);
  });
});
