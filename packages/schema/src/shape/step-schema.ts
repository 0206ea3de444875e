import type { JsonSchema } from '../json-schema.ts';
import type { StepKindSchema } from '../step-kind-schema.ts';
import { answerModifiers, talkModifiers } from './modifiers/answer.ts';
import { flowModifiers } from './modifiers/flow.ts';
import { modelModifiers } from './modifiers/model.ts';
import { ollamaOptions } from './ollama-options.ts';

/** What steps may have beside their kind. */
export const modifiers: Readonly<Record<string, JsonSchema>> = {
  ...flowModifiers,
  ...modelModifiers,
  ...answerModifiers,
  ...talkModifiers,
};

/** Those that have a meaning for a kind. */
export const modifiersOf = ({ asksModel = true, value = 'answer', continues = false }: StepKindSchema) => ({
  ...flowModifiers,
  ...(asksModel && modelModifiers),
  ...(asksModel && value === 'answer' && answerModifiers),
  ...(continues && talkModifiers),
});

/** Checks the modifiers of a step; its other keys are looked at one by one. */
export const modifiersSchema: JsonSchema = {
  type: 'object',
  properties: {
    ...modifiers,
    options: { ...modifiers.options, properties: { ...ollamaOptions, max_tokens: ollamaOptions.num_predict } },
  },
};

/** The schema of one step of a kind, without the other kinds. */
export const stepSchema = (kind: StepKindSchema): JsonSchema => ({
  type: 'object',
  required: [kind.kind],
  additionalProperties: false,
  properties: { [kind.kind]: kind.schema, ...modifiersOf(kind) },
});
