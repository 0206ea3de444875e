import { ref, type Schema } from './object.ts';

/** What a route answers: this with 200, and errors in one form. */
export const answers = (schema: Schema, description: string, status = 200): Schema => ({
  [status]: { description, ...jsonOf(schema) },
  default: { description: 'Why it was refused, or could not be answered.', ...jsonOf(ref('Error')) },
});

const jsonOf = (schema: Schema): Schema => ({ content: { 'application/json': { schema } } });
