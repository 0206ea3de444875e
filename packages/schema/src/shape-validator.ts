import { Ajv2020 as Ajv, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema } from './json-schema.ts';
import { linearRegExp } from './linear-reg-exp.ts';

/** What is wrong with a value, before it has a place in a file. */
export type ShapeError = ErrorObject & { readonly parentSchema: JsonSchema };

/** Every error of a value against a schema. */
export type ShapeValidator = (value: unknown) => readonly ShapeError[];

/** Compiles validators that share one ajv; `expects` in a schema says in words what is wanted. */
export function createShapeCompiler(): (schema: JsonSchema) => ShapeValidator {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, code: { regExp: linearRegExp } });
  ajv.addKeyword('expects');
  return (schema) => {
    const validate: ValidateFunction = ajv.compile(schema);
    // `verbose` adds parentSchema, which ajv's type leaves open.
    return (value) => (validate(value) ? [] : ((validate.errors ?? []) as ShapeError[]));
  };
}
