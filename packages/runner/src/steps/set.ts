import { of } from 'rxjs';
import { defineStepKind } from '../step-kind.ts';

/** `set: VALUE` — a value made of others; asks no model. */
export const setStep = defineStepKind<unknown>({
  kind: 'set',
  asksModel: false,
  value: 'body',
  schema: {
    description: 'A value: an expression, or a map or list with expressions in it. No model is asked.',
    examples: ['${row.price * 1.19}', { name: '${row.name}', words: '${size(row.text.split(" "))}' }],
  },
  run: (value) => of({ type: 'value', value }),
});
