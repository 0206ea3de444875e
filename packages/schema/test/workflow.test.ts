import { describe, expect, test } from '@jest/globals';
import { builtInKinds } from '@millrace/runner';
import { createChecker, type StepKindSchema, type Surroundings } from '@millrace/schema';
import { check, problems, workflowOf } from './support/check.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the workflow of a file', () => {
  test('holds what the file says', async () => {
    const workflow = await workflowOf(`
name: all
description: Says all.
model: m
inputs:
  tone: { type: string, default: plain, description: How. }
each:
  from: rows.csv
  key: \${row.id}
  where: |
    \${row.text != ""}
  columns: { stars: number }
steps:
  first:
    generate: Say \${row.text}.
    system: Be \${inputs.tone}.
    model: other
    options: { temperature: 0.5, seed: "\${index}" }
    when: \${row.text == "a"}
save: { to: out.jsonl, fields: { a: "\${first}", b: 5 } }
limits: { parallel: 3 }
hosts: [http://a, http://b]
`);
    const { each, steps, save, written, ...rest } = workflow;
    expect(written).toMatchObject({ name: 'all', steps: { first: { model: 'other', options: { seed: '${index}' } } } });
    expect(rest).toEqual({
      name: 'all',
      description: 'Says all.',
      file: 'workflow.yaml',
      model: 'm',
      inputs: { tone: { type: 'string', default: 'plain', description: 'How.' } },
      limits: { parallel: 3 },
      secrets: [],
      hosts: ['http://a', 'http://b'],
    });
    const values = { row: { id: 7, text: 'a' }, inputs: { tone: 'kind' }, index: 4, key: '7', first: 'x', steps: {} };
    expect(each).toMatchObject({ from: 'rows.csv', columns: { stars: 'number' } });
    expect(each?.key?.render(values)).toBe(7);
    expect(each?.where?.render(values)).toBe(true);
    const [step] = steps;
    expect(step).toMatchObject({ id: 'first', kind: 'generate', needs: [], waitsFor: [] });
    expect(step?.body.render(values)).toBe('Say a.');
    expect(step?.system?.render(values)).toBe('Be kind.');
    expect(step?.model?.render(values)).toBe('other');
    expect(step?.options?.render(values)).toEqual({ temperature: 0.5, seed: 4 });
    expect(step?.when?.render(values)).toBe(true);
    expect(save.to).toBe('out.jsonl');
    expect([...(save.fields ?? [])].map(([name, field]) => [name, field.render(values)])).toEqual([
      ['a', 'x'],
      ['b', 5],
    ]);
  });

  test('leaves out what the file leaves out', async () => {
    const workflow = await workflowOf('model: m\nsteps: { first: { generate: hi } }\n');
    expect(Object.keys(workflow).sort()).toEqual([
      'file',
      'hosts',
      'inputs',
      'limits',
      'model',
      'name',
      'save',
      'secrets',
      'steps',
      'written',
    ]);
    expect(workflow).toMatchObject({ name: 'workflow', limits: { parallel: 'auto' }, hosts: [], inputs: {}, save: {} });
  });

  test.each([
    ['flows/classify.yaml', 'classify'],
    ['C:\\flows\\classify.yml', 'classify'],
    ['.yaml', 'workflow'],
    ['classify', 'classify'],
  ])('is called after its file %s where it has no name', async (file, name) => {
    const { workflow } = await createChecker(builtInKinds)(file, bytes('model: m\nsteps: { a: { generate: hi } }'));
    expect(workflow).toMatchObject({ name, file });
  });

  test('sends max_tokens as num_predict, and num_predict where both stand', async () => {
    const options = async (text: string) =>
      (await workflowOf(`model: m\nsteps: { a: { generate: hi, options: ${text} } }`)).steps[0]?.options?.render({});
    expect(await options('{ max_tokens: 5, seed: 1 }')).toEqual({ num_predict: 5, seed: 1 });
    expect(await options('{ max_tokens: 5, num_predict: 6 }')).toEqual({ num_predict: 6 });
  });

  test('takes a model from outside before its own, as it is, and leaves those of the steps', async () => {
    const text = 'model: m\nsteps: { a: { generate: hi }, b: { generate: hi, model: own } }';
    const workflow = await workflowOf(text, { model: 'odd${name' });
    expect(workflow.model).toBe('odd${name');
    expect(workflow.steps.map(({ model }) => model?.render({}))).toEqual(['odd${name', 'own']);
  });

  test('makes a text of a value where a text is needed, and leaves null', async () => {
    const text =
      'model: m\neach: { from: a }\nsteps: { a: { chat: [{ user: "${row.x}" }, { user: "b ${row.x}" }], options: { stop: ["${row.x}"], seed: "${row.n}" } } }';
    const [step] = (await workflowOf(text)).steps;
    expect(step?.body.render({ row: { x: { a: [1] } } })).toEqual([{ user: '{"a":[1]}' }, { user: 'b {"a":[1]}' }]);
    expect(step?.body.render({ row: { x: null } })).toEqual([{ user: null }, { user: 'b null' }]);
    expect(step?.options?.render({ row: { x: 5, n: 5 } })).toEqual({ stop: ['5'], seed: 5 });
  });

  test('is the same however often it is checked', async () => {
    const checker = createChecker(builtInKinds);
    const text = bytes('model: m\neach: { from: a }\nsteps: { a: { generate: "${row.x + 1}" } }');
    const results = await Promise.all([checker('a', text), checker('a', text), checker('a', text)]);
    for (const { workflow } of results) expect(workflow?.steps[0]?.body.render({ row: { x: 1 } })).toBe('2');
  });
});

describe('the surroundings', () => {
  const text =
    'model: m\neach: { from: rows.csv, columns: { a: number, b: strng } }\nsteps: { a: { generate: hi } }\nsave: { to: out.csv }\nhosts: [http://a]\n';

  test('are asked about what the file names, once, with the types that are right', async () => {
    const asked: unknown[] = [];
    const surroundings: Surroundings = {
      columnsOf: async (rows) => void asked.push(['rows', rows]),
      checkSave: async (to) => void asked.push(['save', to]),
      checkHost: (host) => void asked.push(['host', host]),
    };
    await check(text, surroundings);
    expect(asked).toEqual([
      ['host', 'http://a'],
      ['save', 'out.csv'],
      ['rows', { from: 'rows.csv', columns: { a: 'number' } }],
    ]);
  });

  test('are not asked about what is wrong in the file', async () => {
    const refuse = (): never => {
      throw new Error('asked');
    };
    const surroundings: Surroundings = { columnsOf: refuse, checkSave: refuse, checkHost: refuse };
    const wrong =
      'model: m\neach: { from: "${x}.csv" }\nsteps: { a: { generate: hi } }\nsave: { to: "" }\nhosts: [5, "", "${x}"]\n';
    expect((await problems(wrong, surroundings)).length).toBeGreaterThan(4);
    expect((await problems('each:\nsave: a\nhosts: b\nsteps: []\n', surroundings)).length).toBeGreaterThan(3);
    expect(await problems('{', surroundings)).toMatchObject([{ code: 'YAML_SYNTAX' }]);
  });

  test('may have columns called like the parts of a finding', async () => {
    const columnsOf = async () => ({ code: 'string', message: 'string', hint: 'string' }) as const;
    expect(
      await problems('model: m\neach: { from: a }\nsteps: { a: { generate: "${row.code + row.message}" } }', {
        columnsOf,
      }),
    ).toEqual([]);
  });

  test('let what they throw pass', async () => {
    const columnsOf = () => Promise.reject(new Error('the disk is gone'));
    await expect(check('model: m\neach: { from: a }\nsteps: { a: { generate: hi } }', { columnsOf })).rejects.toThrow(
      'the disk is gone',
    );
  });
});

describe('a step kind of the user’s own', () => {
  const kinds: readonly StepKindSchema[] = [
    {
      kind: 'shout',
      schema: {
        type: 'object',
        required: ['text'],
        properties: {
          text: { type: 'string' },
          times: { type: 'integer', minimum: 1 },
          loud: { type: 'boolean' },
          deep: { anyOf: [{ type: 'number' }, { type: 'array', items: { type: 'string' } }] },
        },
      },
    },
    { kind: 'anything', schema: {} },
  ];
  const own = (text: string) =>
    createChecker(kinds)('own.yaml', bytes(`model: m\neach: { from: a }\nsteps:\n  a: ${text}\n`));

  test('is checked by its schema, with expressions for values of any type', async () => {
    expect(
      (await own('{ shout: { text: "${row.x}", times: "${row.n}", loud: "${row.l}", deep: "${row.d}" } }')).diagnostics,
    ).toEqual([]);
    expect((await own('{ shout: { times: 0, loud: "very", deep: { a: 1 } } }')).diagnostics).toMatchObject([
      { code: 'KEY_MISSING', path: 'steps.a.shout', message: 'The key `text` is missing here.' },
      { code: 'VALUE_INVALID', path: 'steps.a.shout.times', message: 'This must be at least 1, and is `0`.' },
      { code: 'TYPE_WRONG', path: 'steps.a.shout.loud' },
      {
        code: 'VALUE_INVALID',
        path: 'steps.a.shout.deep',
        message: 'This has none of the forms that are possible here.',
      },
    ]);
  });

  test('may take any value, whose expressions keep their types', async () => {
    const { workflow, diagnostics } = await own('{ anything: { a: ["${row.n}", { b: "n ${row.n}" }], c: 5 } }');
    expect(diagnostics).toEqual([]);
    expect(workflow?.steps[0]?.body.render({ row: { n: 1 } })).toEqual({ a: [1, { b: 'n 1' }], c: 5 });
  });

  test('is not known to a checker of other kinds', async () => {
    expect((await own('{ generate: hi }')).diagnostics).toMatchObject([
      {
        code: 'KIND_MISSING',
        path: 'steps.a.generate',
        message: 'There is no kind of step `generate`.',
        hint: 'Give it one of `shout`, `anything`.',
      },
    ]);
  });
});
