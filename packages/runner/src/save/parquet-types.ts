/** What a column holds: values of one JSON type, or texts where there are several; lists and maps are JSON texts. */
export type ParquetType = 'string' | 'number' | 'boolean';

/** A column of results. */
export interface ParquetColumn {
  readonly name: string;
  /** Taken where no value says otherwise. Absent: as the values are. */
  readonly type?: ParquetType | undefined;
}

/** Learns the types of columns from all their values. */
export interface ParquetTypes {
  see(fields: Readonly<Record<string, unknown>>): void;
  /** In the order of the columns. */
  found(): readonly ParquetType[];
}

/** A learner that has seen nothing yet. */
export function createParquetTypes(columns: readonly ParquetColumn[]): ParquetTypes {
  const types: (ParquetType | undefined)[] = columns.map(() => undefined);
  return {
    see: (fields) => {
      columns.forEach(({ name }, index) => {
        const value = valueIn(fields, name);
        if (value === null) return;
        const known = types[index];
        types[index] = known === undefined || known === typeOf(value) ? typeOf(value) : 'string';
      });
    },
    found: () => columns.map(({ type }, index) => types[index] ?? type ?? 'string'),
  };
}

/** Null where there is none; a column may be called like a part of every object. */
export const valueIn = (fields: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(fields, name) ? (fields[name] ?? null) : null;

/** A value as its column takes it. */
export function cellOf(value: unknown, type: ParquetType): string | number | boolean | null {
  if (value === null) return null;
  if (type === 'string') return typeof value === 'string' ? value : JSON.stringify(value);
  return value as number | boolean;
}

function typeOf(value: unknown): ParquetType {
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string';
}
