import type { JsonSchema } from './json-schema.ts';

/** The part of a step kind that the language needs: its key in a step, and the shape of what stands under it. */
export interface StepKindSchema {
  /** The key, such as `generate`. */
  readonly kind: string;
  /** JSON Schema of the value; any text in it may hold `${…}`. */
  readonly schema: JsonSchema;
}
