import type { RecipeName } from './recipe-names.ts';

/** The step of a first workflow. */
export interface Recipe {
  /** One line for people who choose. */
  readonly summary: string;
  readonly step: string;
  /** What it reads where there are no rows. */
  readonly input: { readonly name: string; readonly description: string };
  /** The lines below the step, for an expression that gives its text. */
  body(text: string): readonly string[];
  /** What is saved of a row. */
  readonly fields: Readonly<Record<string, string>>;
}

const text = { name: 'text', description: 'the text to read' } as const;

/** Each with an answer that is short enough to be right. */
export const recipes: Readonly<Record<RecipeName, Recipe>> = {
  classify: {
    summary: 'choose one of a few labels for each text',
    step: 'classify',
    input: text,
    body: (read) => [
      'generate: |',
      '  What does the writer of this text feel?',
      `  ${read}`,
      'returns:                          # the answer is one of these, and nothing else',
      '  label: positive | negative | neutral',
      'options: { temperature: 0, num_predict: 60 }',
    ],
    fields: { label: '${classify.label}' },
  },
  extract: {
    summary: 'read fields out of each text',
    step: 'extract',
    input: text,
    body: (read) => [
      'generate: |',
      '  Read these fields out of the text. What it does not say is null.',
      `  ${read}`,
      'returns:                          # `?`: may be null',
      '  person: string?',
      '  date: string?',
      '  amount: number?',
      'options: { temperature: 0, num_predict: 200 }',
    ],
    fields: { person: '${extract.person}', date: '${extract.date}', amount: '${extract.amount}' },
  },
  summarise: {
    summary: 'write a short summary of each text',
    step: 'summarise',
    input: text,
    body: (read) => [
      'generate: |',
      '  Summarise this text in two sentences.',
      `  ${read}`,
      'options: { temperature: 0.2, num_predict: 200 }',
    ],
    fields: { summary: '${summarise}' },
  },
  chat: {
    summary: 'answer each text, with a system message',
    step: 'answer',
    input: { name: 'question', description: 'what is asked' },
    body: (read) => [
      'chat:',
      '  - system: You answer in one short paragraph, and say so when you do not know.',
      '  - user: |',
      `      ${read}`,
      'options: { temperature: 0.2, num_predict: 300 }',
    ],
    fields: { answer: '${answer}' },
  },
};
