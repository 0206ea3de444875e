import type { JsonSchema } from '../json-schema.ts';
import type { StepKindSchema } from '../step-kind-schema.ts';
import { isMap } from '../yaml-map.ts';
import { ollamaOptions } from './ollama-options.ts';
import { namePattern, reservedNames } from './reserved-names.ts';
import { stepSchema } from './step-schema.ts';
import { stepsSchema, workflowSchema } from './workflow-schema.ts';

/** The JSON Schema (2020-12) of a workflow with exactly these step kinds, for editors and other tools. */
export const composeSchema = (kinds: readonly StepKindSchema[]): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Millrace workflow',
  ...(standard(
    workflowSchema({
      ...stepsSchema,
      propertyNames: { pattern: namePattern, not: { enum: [...reservedNames] } },
      additionalProperties: { oneOf: kinds.map(editorStep) },
    }),
  ) as JsonSchema),
});

const maxTokens: JsonSchema = {
  ...ollamaOptions.num_predict,
  deprecated: true,
  description: 'Ollama calls it `num_predict`, and it is sent as that.',
};

/** A step as an editor should take it: with expressions where they may stand for values of other types. */
function editorStep(kind: StepKindSchema): JsonSchema {
  const step = stepSchema({ ...kind, schema: orExpression(kind.schema) });
  const properties = step.properties as Readonly<Record<string, JsonSchema>>;
  const known = { ...ollamaOptions, max_tokens: maxTokens };
  const options = Object.fromEntries(Object.entries(known).map(([name, schema]) => [name, orExpression(schema)]));
  return {
    ...step,
    properties: {
      ...properties,
      ...(properties.options && { options: { ...properties.options, properties: options } }),
      ...Object.fromEntries(
        Object.entries(properties).flatMap(([name, schema]) => {
          if (conditions.has(name)) return [[name, { ...schema, pattern: '\\$\\{' }]];
          return takeExpressions.has(name) ? [[name, orExpression(schema)]] : [];
        }),
      ),
    },
  };
}

const conditions = new Set(['when', 'ensure']);
const takeExpressions = new Set(['think', 'images', 'keep_alive', 'for']);

const expression: JsonSchema = { type: 'string', pattern: '^\\s*\\$\\{' };

/** A schema that takes an expression too, at any depth; the description stays on top, where editors look for it. */
function orExpression(schema: JsonSchema): JsonSchema {
  const { properties, items, description, default: byDefault, examples, ...rest } = schema;
  const deep = {
    ...rest,
    ...(isMap(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [name, orExpression(inner as JsonSchema)]),
      ),
    }),
    ...(isMap(items) && { items: orExpression(items) }),
  };
  const described = {
    ...(description !== undefined && { description }),
    ...(byDefault !== undefined && { default: byDefault }),
    ...(examples !== undefined && { examples }),
  };
  return schema.type === 'string' ? { ...described, ...deep } : { ...described, anyOf: [deep, expression] };
}

/** Without the keywords that are ours alone. */
function standard(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(standard);
  if (!isMap(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) => (key === 'expects' ? [] : [[key, standard(value)]])),
  );
}
