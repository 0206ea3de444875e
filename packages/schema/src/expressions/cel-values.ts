/**
 * Makes values fit for cel-js, which asks a map for its `constructor` to know what it is: a map that has a field of that name, at any
 * depth, becomes a `Map`. All others stay the same object. Each is looked at once, so values must not change later.
 */
export function createCelValues(): (value: unknown) => unknown {
  const known = new WeakMap<object, unknown>();
  const convert = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (!known.has(value))
      known.set(value, Array.isArray(value) ? convertList(value, convert) : convertMap(value, convert));
    return known.get(value);
  };
  return convert;
}

function convertList(list: readonly unknown[], convert: (value: unknown) => unknown): unknown {
  const items = list.map(convert);
  return items.some((item, index) => item !== list[index]) ? items : list;
}

function convertMap(map: object, convert: (value: unknown) => unknown): unknown {
  const entries = Object.entries(map).map(([name, value]) => [name, value, convert(value)] as const);
  const changed = entries.map(([name, , value]) => [name, value] as const);
  if (Object.hasOwn(map, 'constructor')) return new Map(changed);
  return entries.some(([, before, after]) => before !== after) ? Object.fromEntries(changed) : map;
}

/** A map of names that may hold anything, `constructor` included. */
export const celMap = (entries: readonly (readonly [unknown, unknown])[]): unknown =>
  entries.some(([name]) => name === 'constructor') ? new Map(entries) : Object.fromEntries(entries);

/**
 * A result of cel-js as JSON: maps as objects, one kind of number.
 *
 * @throws {RangeError} for a number that is not finite, and for values that JSON does not have, such as a type.
 */
export function plainJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return finite(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return plainList(value);
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, inner]) => [name, plainJson(inner)]));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new RangeError('the result is no value that JSON has');
  return plainMap(value);
}

/** @throws {RangeError} for a number that JSON does not have. */
export function finite<Value>(value: Value): Value {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('the result is not a finite number');
  return value;
}

function plainList(list: readonly unknown[]): unknown {
  const items = list.map(plainJson);
  return items.some((item, index) => item !== list[index]) ? items : list;
}

function plainMap(map: object): unknown {
  const entries = Object.entries(map).map(([name, value]) => [name, value, plainJson(value)] as const);
  if (entries.every(([, before, after]) => before === after)) return map;
  return Object.fromEntries(entries.map(([name, , after]) => [name, after]));
}
