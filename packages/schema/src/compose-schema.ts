import type { JsonSchema } from './json-schema.ts';
import type { StepKindSchema } from './step-kind-schema.ts';
import { stepSchema, workflowSchema } from './workflow-schema.ts';

/** The JSON Schema (2020-12) of a workflow with exactly these step kinds, for editors and other tools. */
export const composeSchema = (kinds: readonly StepKindSchema[]): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Millrace workflow',
  ...workflowSchema({
    type: 'object',
    description: 'The steps by name; what they read of each other makes their order.',
    minProperties: 1,
    propertyNames: { pattern: '^[a-z][a-z0-9_]*$' },
    additionalProperties: { oneOf: kinds.map(stepSchema) },
  }),
});
