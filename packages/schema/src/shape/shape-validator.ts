import { Ajv2020 as Ajv, type ErrorObject } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../json-schema.ts';
import { linearRegExp } from '../linear-reg-exp.ts';
import { type CompiledShape, compiledShapes } from './compiled-shapes.ts';

/** What is wrong with a value, before it has a place in a file. */
export type ShapeError = ErrorObject & { readonly parentSchema: JsonSchema };

/** Every error of a value against a schema. */
export type ShapeValidator = (value: unknown) => readonly ShapeError[];

/** What an ajv is made for. */
interface AjvUse {
  /** Whether schemas are checked against JSON Schema itself. */
  readonly validateSchema: boolean;
  /** Whether validators are to be written down as source code. Default: false. */
  readonly asSource?: boolean;
}

/** An ajv as all of this package uses it: every error, nothing printed, regular expressions in linear time. */
export function createAjv({ validateSchema, asSource = false }: AjvUse): Ajv {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    strict: false,
    strictNumbers: true, // YAML has `.nan` and `.inf`
    ownProperties: true, // `{}.toString` is no answer to a field of that name
    validateFormats: false,
    logger: false,
    validateSchema,
    meta: validateSchema,
    code: { regExp: linearRegExp, source: asSource, esm: asSource },
  });
  return ajv.addKeyword('expects');
}

/**
 * Makes validators that share one ajv, each compiled when it is first used, where it has not been before the start; `expects` in a
 * schema says in words what is wanted.
 *
 * The schemas are the program's own and not checked themselves: that would cost more than all the rest.
 */
export function createShapeCompiler(): (schema: JsonSchema) => ShapeValidator {
  let ajv: Ajv | undefined;
  return (schema) => {
    let validate: CompiledShape | undefined;
    const compile = (): CompiledShape => {
      ajv ??= createAjv({ validateSchema: false });
      // `verbose` adds parentSchema, which ajv's type leaves open.
      return ajv.compile(schema) as CompiledShape;
    };
    return (value) => {
      validate ??= compiledShapes.get(JSON.stringify(schema)) ?? compile();
      return validate(value) ? [] : (validate.errors ?? []);
    };
  };
}
