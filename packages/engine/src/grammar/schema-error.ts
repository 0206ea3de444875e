/** A JSON Schema that cannot be turned into a grammar. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}
