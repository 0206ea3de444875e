/**
 * Makes values fit for cel-js, which asks a map for its `constructor` to know what it is: a map that has a field of that name, at any
 * depth, becomes a `Map`. All others stay the same object. Values within values are looked at once, so they must not change later.
 */
export function createCelValues(): (value: unknown) => unknown {
  const deep = new WeakMap<object, unknown>();
  const convert = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || isFlat(value)) return value;
    if (!deep.has(value)) deep.set(value, convertDeep(value, convert));
    return deep.get(value);
  };
  return convert;
}

/** Whether there is nothing to convert: no map or list within, no field called `constructor`. Most rows are so. */
function isFlat(value: object): boolean {
  if (Object.hasOwn(value, 'constructor')) return false;
  for (const name in value) {
    if (typeof (value as Readonly<Record<string, unknown>>)[name] === 'object') return false;
  }
  return true;
}

function convertDeep(value: object, convert: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(convert);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const entries = Object.entries(value);
  const converted = entries.map(([name, inner]) => [name, convert(inner)] as const);
  if (Object.hasOwn(value, 'constructor')) return new Map(converted);
  return converted.some(([, inner], index) => inner !== entries[index]?.[1]) ? Object.fromEntries(converted) : value;
}

/** A map of names that may hold anything, `constructor` included. */
export const celMap = (entries: readonly (readonly [unknown, unknown])[]): unknown =>
  entries.some(([name]) => name === 'constructor') ? new Map(entries) : Object.fromEntries(entries);
