import type { JsonSchema } from './json-schema.ts';

/** The part of a step kind that the language needs: its key in a step, and the shape of what stands under it. */
export interface StepKindSchema {
  /** The key, such as `generate`. */
  readonly kind: string;
  /** JSON Schema of the value; any text in it may hold `${…}`. */
  readonly schema: JsonSchema;
  /** Whether it asks a model, and takes `model`, `options` and the like. Default: true. */
  readonly asksModel?: boolean;
  /**
   * What the value of such a step is: `answer`, the text or what `returns` says; `body`, what stands under the key; or the
   * JSON Schema of it. Default: `answer`.
   */
  readonly value?: 'answer' | 'body' | JsonSchema;
  /** Whether it holds a talk, that another step of the kind can go on with by `continue`. Default: false. */
  readonly continues?: boolean;
}
