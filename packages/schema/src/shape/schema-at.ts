import type { JsonSchema } from '../json-schema.ts';
import type { YamlPath } from '../source/yaml-path.ts';
import { isMap } from '../yaml-map.ts';

/** The part of a schema for what stands at a path of a value; undefined where it does not say. */
export function schemaAt(schema: JsonSchema | undefined, path: YamlPath): JsonSchema | undefined {
  return path.reduce<JsonSchema | undefined>((current, part) => {
    const { properties, additionalProperties, items } = formFor(current, part) ?? {};
    if (typeof part === 'number') return isMap(items) ? items : undefined;
    const own = isMap(properties) && Object.hasOwn(properties, part) ? properties[part] : additionalProperties;
    return isMap(own) ? own : undefined;
  }, schema);
}

/** Of several forms the one that has parts of this kind. */
function formFor(schema: JsonSchema | undefined, part: string | number): JsonSchema | undefined {
  if (!Array.isArray(schema?.anyOf)) return schema;
  const type = typeof part === 'number' ? 'array' : 'object';
  return schema.anyOf.find((form: JsonSchema) => form.type === type) ?? schema;
}
