import { RequestError } from './request-error.ts';

/** Reads the fields of one JSON object as Go's decoder would: keys in any case, null as absent, Go's type errors. */
export interface FieldReader {
  value(name: string): unknown;
  text(name: string): string;
  flag(name: string): boolean | undefined;
  integer(name: string): number | undefined;
  integers(name: string): readonly number[];
  object(name: string): Readonly<Record<string, unknown>>;
  list(name: string, goType: string): readonly unknown[];
}

/** @param struct Go's name of the struct, for its error texts. */
export function readFields(struct: string, body: Readonly<Record<string, unknown>>): FieldReader {
  const values = new Map(Object.entries(body).map(([key, value]) => [key.toLowerCase(), value]));
  const value = (name: string) => values.get(name) ?? undefined;
  const wrongType = (name: string, found: unknown, goType: string) =>
    new RequestError(
      400,
      `json: cannot unmarshal ${goKind(found)} into Go struct field ${struct}.${name} of type ${goType}`,
    );
  const list = (name: string, goType: string): readonly unknown[] => {
    const found = value(name) ?? [];
    if (!Array.isArray(found)) throw wrongType(name, found, goType);
    return found;
  };
  return {
    value,
    list,
    text(name) {
      const found = value(name) ?? '';
      if (typeof found !== 'string') throw wrongType(name, found, 'string');
      return found;
    },
    flag(name) {
      const found = value(name);
      if (found !== undefined && typeof found !== 'boolean') throw wrongType(name, found, 'bool');
      return found;
    },
    integer(name) {
      const found = value(name);
      if (found !== undefined && !isInteger(found)) throw wrongType(name, found, 'int');
      return found;
    },
    integers(name) {
      return list(name, '[]int').map((item) => {
        if (!isInteger(item)) throw wrongType(name, item, 'int');
        return item;
      });
    },
    object(name) {
      const found = value(name) ?? {};
      if (!isObject(found)) throw wrongType(name, found, 'map[string]interface {}');
      return found;
    },
  };
}

/** True for a JSON object: not null, no array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

/** The word Go's decoder has for the kind of a JSON value. */
export function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
