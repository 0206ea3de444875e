/** A map as it was read from YAML. */
export type YamlMap = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is YamlMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as a map; undefined where it is none. */
export const mapIn = (value: unknown): YamlMap | undefined => (isMap(value) ? value : undefined);

/** The value as a text; undefined where it is none. */
export const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A text without an expression in it. */
export const isLiteral = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && !value.includes('${');
