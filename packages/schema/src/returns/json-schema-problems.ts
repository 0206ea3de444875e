import type { JsonSchema } from '../json-schema.ts';
import { patternProblem } from '../linear-reg-exp.ts';
import { createAjv } from '../shape/shape-validator.ts';
import { pointerPath } from '../source/pointer-path.ts';
import type { YamlPath } from '../source/yaml-path.ts';
import { isMap } from '../yaml-map.ts';
import { type ReturnsProblem, unreadableField } from './expand-returns.ts';

/** What makes a full JSON Schema unusable; empty where it can be compiled. */
export function jsonSchemaProblems(schema: JsonSchema): readonly ReturnsProblem[] {
  const found = [...refusedKeywords(schema, []), ...metaSchemaErrors(schema)];
  return found.length > 0 ? found : compileProblems(schema);
}

/** Keywords that ajv takes and we cannot: patterns that need exponential time, schemas elsewhere, answers as promises. */
function refusedKeywords(schema: unknown, path: YamlPath): ReturnsProblem[] {
  if (Array.isArray(schema)) return schema.flatMap((item, index) => refusedKeywords(item, [...path, index]));
  if (!isMap(schema)) return [];
  const own = Object.entries(schema).flatMap(([keyword, value]) => refusedKeyword(keyword, value, [...path, keyword]));
  const inner = Object.entries(schema).flatMap(([keyword, value]) =>
    keyword === 'enum' || keyword === 'const' ? [] : refusedKeywords(value, [...path, keyword]),
  );
  return [...own, ...inner];
}

function refusedKeyword(keyword: string, value: unknown, path: YamlPath): ReturnsProblem[] {
  const at = (place: YamlPath, part: 'key' | 'value', message: string, hint: string) => [
    { path: place, part, message, hint },
  ];
  if (keyword === 'pattern' && typeof value === 'string') {
    const problem = patternProblem(value);
    if (problem) return at(path, 'value', `This pattern cannot be used: ${problem}.`, 'The syntax is that of RE2.');
  }
  if (keyword === 'patternProperties' && isMap(value)) {
    return Object.keys(value).flatMap((pattern) => {
      const problem = patternProblem(pattern);
      return problem
        ? at([...path, pattern], 'key', `This pattern cannot be used: ${problem}.`, 'The syntax is that of RE2.')
        : [];
    });
  }
  if (keyword === 'properties' && isMap(value) && Object.hasOwn(value, '__proto__')) {
    return at([...path, '__proto__'], 'key', unreadableField.message, unreadableField.hint);
  }
  if (keyword === '$async' && value === true)
    return at(path, 'key', '`$async` is no keyword of JSON Schema.', 'Remove it.');
  if (keyword === '$ref' && typeof value === 'string' && !value.startsWith('#')) {
    return at(
      path,
      'value',
      'A schema elsewhere is not read.',
      'Copy it below `$defs:`, and write `$ref: "#/$defs/NAME"`.',
    );
  }
  return [];
}

/** What JSON Schema itself says of the schema; of each place the first. */
function metaSchemaErrors(schema: JsonSchema): ReturnsProblem[] {
  const ajv = createAjv({ validateSchema: true });
  if (ajv.validateSchema(withoutDialect(schema))) return [];
  const errors = (ajv.errors ?? []).filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'if');
  const first = errors.filter(
    ({ instancePath }, index) => errors.findIndex((other) => other.instancePath === instancePath) === index,
  );
  return first.map(({ instancePath, message, params }) => ({
    path: pointerPath(instancePath, schema),
    part: 'value',
    message: `This is no JSON Schema: it ${message?.replace(',', ' or ')}.`,
    hint: 'allowedValues' in params ? `Possible are ${(params.allowedValues as unknown[]).join(', ')}.` : '',
  }));
}

/** What only shows when the schema is compiled and used: references that lead nowhere, or round in a circle. */
function compileProblems(schema: JsonSchema): ReturnsProblem[] {
  try {
    const validate = createAjv({ validateSchema: false }).compile(withoutDialect(schema));
    for (const sample of [null, '', 0, [], {}]) validate(sample);
    return [];
  } catch (error) {
    const message =
      error instanceof RangeError
        ? 'This schema refers to itself without end.'
        : `This schema cannot be used: ${(error as Error).message}.`;
    return [{ path: [], part: 'key', message, hint: '' }];
  }
}

/** Schemas are read as 2020-12, whatever they claim: older ones mean the same by the keywords that matter here. */
export const withoutDialect = ({ $schema: _, ...schema }: JsonSchema): JsonSchema => schema;
