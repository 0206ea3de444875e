import type { JsonSchema } from '../../json-schema.ts';

/** Types of inputs and columns. */
export const scalarTypes = ['string', 'number', 'boolean'] as const;

const input: JsonSchema = {
  type: 'object',
  expects: 'a map such as `{ type: string, default: plain }`',
  additionalProperties: false,
  required: ['type'],
  properties: {
    type: {
      enum: scalarTypes,
      description: 'The type of the input: `string`, `number` or `boolean`.',
      examples: ['string'],
    },
    default: {
      type: scalarTypes,
      description: 'The value where none is given; without it one must be given.',
      examples: ['plain'],
    },
    description: {
      type: 'string',
      description: 'What it is for; shown in the help of the workflow.',
      examples: ['How the replies should sound.'],
    },
  },
};

/** Values given when a workflow is run. */
export const inputs: JsonSchema = {
  type: 'object',
  description: 'Values given when it is run: `--input tone=formal`.',
  additionalProperties: input,
  examples: [{ tone: { type: 'string', default: 'plain' } }],
};
