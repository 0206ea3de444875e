import type { JsonSchema } from '../json-schema.ts';
import type { StepKindSchema } from '../step-kind-schema.ts';
import { isMap } from '../yaml-map.ts';
import { ollamaOptions } from './ollama-options.ts';
import { stepSchema } from './step-schema.ts';

const maxTokens: JsonSchema = {
  ...ollamaOptions.num_predict,
  deprecated: true,
  description: 'Ollama calls it `num_predict`, and it is sent as that.',
};

/** A step as an editor should take it: with expressions where they may stand for values of other types. */
export function editorStep(kind: StepKindSchema): JsonSchema {
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
  const { properties, items, anyOf, description, default: byDefault, examples, ...rest } = schema;
  const deep = {
    ...rest,
    ...(isMap(properties) && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, inner]) => [name, orExpression(inner as JsonSchema)]),
      ),
    }),
    ...(isMap(items) && { items: orExpression(items) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map(orExpression) }),
  };
  const described = {
    ...(description !== undefined && { description }),
    ...(byDefault !== undefined && { default: byDefault }),
    ...(examples !== undefined && { examples }),
  };
  return schema.type === 'string' ? { ...described, ...deep } : { ...described, anyOf: [deep, expression] };
}
