import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { answer } from '@millrace/core';
import { builtInKinds, defineStepKind, loadWorkflow } from '@millrace/runner';
import { map } from 'rxjs';
import { allEvents, fakeHost, folderWith, loaded, ofType } from './scene.ts';

const translate = defineStepKind<{ text: string; into: string }>({
  kind: 'translate',
  schema: {
    type: 'object',
    required: ['text', 'into'],
    additionalProperties: false,
    properties: { text: { type: 'string' }, into: { type: 'string' } },
  },
  run: ({ text, into }, { ollama, model }) =>
    ollama.generate({ model, prompt: `Translate into ${into}:\n${text}` }).pipe(
      answer(),
      map(({ content, thinking, usage }) => ({
        type: 'output' as const,
        output: { text: content, thinking, usage, truncated: false, messages: [] },
      })),
    ),
});

const kinds = [...builtInKinds, translate];
const flow = (step: string) => `model: m\neach: { from: r.csv, key: "\${row.id}" }\nsteps: { a: ${step} }\n`;

test('a kind of the user is checked and run like a built-in one', async () => {
  const folder = await folderWith({
    'r.csv': 'id,text\n1,Hallo\n',
    'w.yaml': flow('{ translate: { text: "${row.text}", into: English } }'),
  });
  const { ollama, fake } = await fakeHost({ answer: () => 'Hello' });
  const workflow = await loaded(join(folder, 'w.yaml'), { kinds });
  const events = await allEvents(workflow, { kinds, hosts: [ollama] });
  expect(ofType(events, 'row-end')[0]?.fields).toEqual({ id: '1', text: 'Hallo', a: 'Hello' });
  expect(fake.requests[0]?.body).toMatchObject({ prompt: 'Translate into English:\nHallo' });
});

test('and its mistakes have their places', async () => {
  const folder = await folderWith({
    'r.csv': 'id,text\n1,x\n',
    'w.yaml': flow('{ translate: { txt: "${row.txt}", into: 3 } }'),
  });
  const { diagnostics } = await loadWorkflow(join(folder, 'w.yaml'), { kinds });
  expect(diagnostics.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
    'FIELD_UNKNOWN steps.a.translate.txt',
    'KEY_MISSING steps.a.translate',
    'KEY_UNKNOWN steps.a.translate.txt',
    'TYPE_WRONG steps.a.translate.into',
  ]);
});

test('without the kind the step is unknown, in the file and in a run', async () => {
  const folder = await folderWith({
    'r.csv': 'id,text\n1,x\n',
    'w.yaml': flow('{ translate: { text: "${row.text}", into: English } }'),
  });
  const { diagnostics } = await loadWorkflow(join(folder, 'w.yaml'));
  expect(diagnostics).toMatchObject([{ code: 'KIND_MISSING' }]);
  const { ollama } = await fakeHost();
  const workflow = await loaded(join(folder, 'w.yaml'), { kinds });
  await expect(allEvents(workflow, { hosts: [ollama] })).rejects.toMatchObject({ code: 'WORKFLOW_INVALID' });
});
