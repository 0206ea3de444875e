/** The way to a value: keys of maps and indices of lists. */
export type ValuePath = readonly (string | number)[];

/** Undefined where there is nothing. */
export const valueAt = (from: unknown, path: ValuePath): unknown =>
  path.reduce<unknown>(
    (value, part) => (isHolder(value) && Object.hasOwn(value, part) ? value[part] : undefined),
    from,
  );

/** The same with another value at one place. */
export function withValueAt(from: unknown, [part, ...rest]: ValuePath, value: unknown): unknown {
  if (part === undefined) return value;
  if (Array.isArray(from)) return from.map((item, index) => (index === part ? withValueAt(item, rest, value) : item));
  const holder = isHolder(from) ? from : {};
  return { ...holder, [part]: withValueAt(holder[part], rest, value) };
}

type Holder = Readonly<Record<string | number, unknown>>;

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;
