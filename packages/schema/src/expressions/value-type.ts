/** The types of expressions: what `inputs`, columns and `returns` declare, and what CEL can check. */
export type ValueType =
  | 'string'
  | 'double'
  | 'bool'
  | 'dyn'
  | { readonly list: ValueType }
  | { readonly fields: Readonly<Record<string, ValueType>> };

/** The type that a JSON Schema describes; `dyn` where CEL has no word for it. */
export function typeOfSchema(schema: unknown): ValueType {
  if (typeof schema !== 'object' || schema === null) return 'dyn';
  const { type, enum: values, properties, items } = schema as Record<string, unknown>;
  if (Array.isArray(values)) return values.every((value) => typeof value === 'string') ? 'string' : 'dyn';
  switch (type) {
    case 'string':
      return 'string';
    case 'number':
    case 'integer':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'array':
      return { list: typeOfSchema(items) };
    case 'object':
      return typeof properties === 'object' && properties !== null
        ? { fields: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, typeOfSchema(field)])) }
        : 'dyn';
    default:
      return 'dyn';
  }
}
