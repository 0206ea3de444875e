/** A JSON Schema as it stands in the document of the API. */
export type Schema = Readonly<Record<string, unknown>>;

/** An object of these properties and no others; one whose name ends with `?` may be absent. */
export function object(properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema {
  const names = Object.keys(properties);
  const required = names.filter((name) => !name.endsWith('?'));
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name.replace('?', ''), schema])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...more,
  };
}

/** A list. */
export const list = (items: Schema, description: string): Schema => ({ type: 'array', items, description });

/** One of the components of the document, by its name. */
export const ref = (name: string): Schema => ({ $ref: `${name}#` });

/** Text, with what it says. */
export const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });

/** A whole number from 0 on. */
export const count = (description: string): Schema => ({ type: 'integer', minimum: 0, description });

/** An instant, such as `2026-11-23T02:03:04.000Z`. */
export const time = (description: string): Schema => ({ type: 'string', format: 'date-time', description });

/** Names with a value each. */
export const map = (values: Schema, description: string): Schema => ({
  type: 'object',
  additionalProperties: values,
  description,
});
