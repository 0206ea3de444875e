/** The types of expressions: what `inputs`, columns and `returns` declare, and what can be checked. */
export type ValueType =
  | 'string'
  | 'double'
  | 'bool'
  | 'dyn'
  | { readonly list: ValueType }
  | { readonly fields: Readonly<Record<string, ValueType>> }
  /** A text that is one of these. */
  | { readonly choices: readonly string[] }
  /** A value that may be null. */
  | { readonly nullable: ValueType };

/** The type that a JSON Schema describes; `dyn` where there is no word for it. */
export function typeOfSchema(schema: unknown): ValueType {
  if (typeof schema !== 'object' || schema === null) return 'dyn';
  const { type, enum: values, anyOf, properties, items } = schema as Record<string, unknown>;
  if (Array.isArray(values)) return typeOfChoices(values);
  if (Array.isArray(anyOf)) return typeOfForms(anyOf);
  if (Array.isArray(type)) return typeOfTypes(type, schema);
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
      return typeOfObject(properties);
    default:
      return type === undefined && properties !== undefined ? typeOfObject(properties) : 'dyn';
  }
}

/** A type without its null. */
export const withoutNull = (type: ValueType): ValueType =>
  typeof type === 'object' && 'nullable' in type ? withoutNull(type.nullable) : type;

function typeOfChoices(values: readonly unknown[]): ValueType {
  const others = values.filter((value) => value !== null);
  const orNull = (type: ValueType): ValueType => (others.length < values.length ? { nullable: type } : type);
  if (others.length === 0) return 'dyn';
  if (others.every((value) => typeof value === 'string')) return orNull({ choices: others });
  return others.every((value) => typeof value === 'number') ? orNull('double') : 'dyn';
}

/** `anyOf` of one form and null. */
function typeOfForms(forms: readonly unknown[]): ValueType {
  const others = forms.filter((form) => (form as { type?: unknown } | null)?.type !== 'null');
  return forms.length === 2 && others.length === 1 ? { nullable: typeOfSchema(others[0]) } : 'dyn';
}

function typeOfTypes(types: readonly unknown[], schema: object): ValueType {
  const [type, ...more] = types.filter((word) => word !== 'null');
  if (type === undefined || more.length > 0) return 'dyn';
  const one = typeOfSchema({ ...schema, type });
  return types.length > 1 ? { nullable: one } : one;
}

const typeOfObject = (properties: unknown): ValueType =>
  typeof properties === 'object' && properties !== null
    ? { fields: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, typeOfSchema(field)])) }
    : 'dyn';

/** Whether two types are one. */
export const isSameType = (one: ValueType, other: ValueType): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

/** A type in plain words. */
export function nameOfValueType(type: ValueType): string {
  if (typeof type === 'string') return plainNames[type];
  if ('nullable' in type) return type.nullable === 'dyn' ? '`null`' : `${nameOfValueType(type.nullable)} or null`;
  if ('choices' in type) return type.choices.map((word) => `\`${word}\``).join(' or ');
  if ('list' in type) return type.list === 'dyn' ? 'a list' : `a list, each item ${nameOfValueType(type.list)}`;
  const names = Object.keys(type.fields);
  return names.length === 0 ? 'an empty map' : `a map with ${names.map((name) => `\`${name}\``).join(', ')}`;
}

const plainNames = { string: 'a text', double: 'a number', bool: '`true` or `false`', dyn: 'any value' } as const;
