/**
 * A result of cel-js as JSON: maps as objects, one kind of number. What is JSON already stays the same object.
 *
 * @throws {RangeError} for a number that is not finite, and for values that JSON does not have, such as a type.
 */
export function plainJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return finite(value) + 0; // -0 is 0
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return plainList(value);
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, inner]) => [name, plainJson(inner)]));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new RangeError('the result is no value that JSON has');
  return plainMap(value as Readonly<Record<string, unknown>>);
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

function plainMap(map: Readonly<Record<string, unknown>>): unknown {
  let isSame = true;
  for (const name in map) isSame &&= plainJson(map[name]) === map[name];
  return isSame ? map : Object.fromEntries(Object.entries(map).map(([name, inner]) => [name, plainJson(inner)]));
}
