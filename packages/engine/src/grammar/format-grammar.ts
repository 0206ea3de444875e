import { isObject } from '../wire/read-fields.ts';
import { RequestError, runnerError } from '../wire/request-error.ts';
import { SchemaError } from './schema-error.ts';
import { schemaGrammar } from './schema-grammar.ts';

/** The grammar for the `format` of a request; undefined where there is none. */
export function formatGrammar(format: unknown): string | undefined {
  if (format === undefined || format === null || format === '') return undefined;
  if (format === 'json') return schemaGrammar({});
  if (!isObject(format)) {
    const shown = JSON.stringify(JSON.stringify(format));
    throw new RequestError(500, `invalid format: ${shown}; expected "json" or a valid JSON Schema object`);
  }
  try {
    return schemaGrammar(format);
  } catch (error) {
    if (error instanceof SchemaError || error instanceof RangeError || error instanceof URIError)
      throw refused(error.message);
    throw error;
  }
}

function refused(reason: string): RequestError {
  return runnerError(`Field 'json_schema': "json_schema": JSON schema conversion failed:\n${reason}`);
}
