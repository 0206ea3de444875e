import type { JsonSchema } from '../json-schema.ts';
import type { StepKindSchema } from '../step-kind-schema.ts';
import { isMap, mapIn } from '../yaml-map.ts';
import { editorStep } from './editor-step.ts';
import { namePattern, reservedNames } from './reserved-names.ts';
import { stepsSchema, workflowSchema } from './workflow-schema.ts';

/** The JSON Schema (2020-12) of a workflow with exactly these step kinds, for editors and other tools. */
export const composeSchema = (kinds: readonly StepKindSchema[]): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Millrace workflow',
  ...(standard(
    workflowSchema({
      ...stepsSchema,
      propertyNames: { pattern: namePattern, not: { enum: [...reservedNames] } },
      additionalProperties: { type: 'object', ...stepOfAnyKind(kinds, kinds) },
    }),
  ) as JsonSchema),
});

/** Of the first kind that a step has, else of any: told like this, an editor knows which kind was meant. */
function stepOfAnyKind([kind, ...others]: readonly StepKindSchema[], all: readonly StepKindSchema[]): JsonSchema {
  if (!kind) return stepWithoutKind(all);
  // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema
  return { if: { required: [kind.kind] }, then: editorStep(kind), else: stepOfAnyKind(others, all) };
}

/** A step that is still to be written: it may become one of each kind. */
function stepWithoutKind(kinds: readonly StepKindSchema[]): JsonSchema {
  const properties = Object.assign({}, ...kinds.map((kind) => editorStep(kind).properties)) as JsonSchema;
  return {
    type: 'object',
    anyOf: kinds.map(({ kind }) => ({ required: [kind] })),
    additionalProperties: false,
    properties,
  };
}

/** Without the keywords that are ours alone; and what has one key, as a choice of keys, without which editors offer none. */
function standard(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(standard);
  if (!isMap(schema)) return schema;
  const { expects: _, minProperties, maxProperties, ...rest } = schema;
  const isChoice = maxProperties === 1 && isMap(rest.properties);
  const count = {
    ...(minProperties !== undefined && { minProperties }),
    ...(maxProperties !== undefined && { maxProperties }),
  };
  const choice = { oneOf: Object.keys(mapIn(rest.properties) ?? {}).map((key) => ({ required: [key] })) };
  return Object.fromEntries(
    Object.entries({ ...rest, ...(isChoice ? choice : count) }).map(([key, value]) => [key, standard(value)]),
  );
}
