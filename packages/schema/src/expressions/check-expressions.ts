import type { Findings } from '../findings.ts';
import type { JsonSchema } from '../json-schema.ts';
import { schemaAt } from '../shape/schema-at.ts';
import { placesInScalar } from '../source/places-in-scalar.ts';
import type { Source } from '../source/source.ts';
import type { YamlPath } from '../source/yaml-path.ts';
import { checkText } from './check-text.ts';
import type { Scope } from './scope.ts';
import type { Expected, ValueWord } from './wrong-type.ts';

/** What the expressions of a place read, and whether each could be understood. */
export interface Reads {
  readonly names: ReadonlySet<string>;
  /** Of those, the ones that must have a value: not read through `default(…)` or as `steps.NAME` only. */
  readonly needed: ReadonlySet<string>;
  readonly sound: boolean;
}

/**
 * Checks the `${…}` of one place, however deep they stand in it.
 *
 * @param expected What the place takes, or the schema that says it for each part.
 */
export type ExpressionChecker = (path: YamlPath, value: unknown, expected: Expected | JsonSchema) => Reads;

/** A checker for places of one scope. */
export function createExpressionChecker(source: Source, findings: Findings, scope: Scope): ExpressionChecker {
  return (path, value, expected) => {
    const reads = { names: new Set<string>(), needed: new Set<string>(), sound: true };

    const visitText = (place: YamlPath, text: string, wanted: Expected | JsonSchema | undefined): void => {
      if (!text.includes('{') && wanted !== 'condition') return;
      const checked = checkText(text, expectedOf(wanted), scope);
      const placeOf = checked.findings.length > 0 ? placesInScalar(source.nodeAt(place)) : undefined;
      for (const { part, ...finding } of checked.findings) {
        if (part && placeOf) findings.addAt(place, placeOf(part), finding);
        else findings.add(place, 'value', finding);
        if (finding.severity !== 'warning') reads.sound = false;
      }
      for (const { references } of checked.expressions) {
        for (const name of references?.needed ?? []) reads.needed.add(name);
        for (const name of [...(references?.needed ?? []), ...(references?.optional ?? [])]) reads.names.add(name);
      }
    };

    const visit = (place: YamlPath, part: unknown, wanted: Expected | JsonSchema | undefined): void => {
      if (typeof part === 'string') visitText(place, part, wanted);
      else if (Array.isArray(part)) {
        for (const [index, item] of part.entries()) visit([...place, index], item, below(wanted, index));
      } else if (typeof part === 'object' && part !== null) {
        for (const [key, item] of Object.entries(part)) visit([...place, key], item, below(wanted, key));
      }
    };

    visit(path, value, expected);
    return reads;
  };
}

const below = (wanted: Expected | JsonSchema | undefined, part: string | number): Expected | JsonSchema | undefined =>
  wanted === undefined || isExpected(wanted) ? 'any' : schemaAt(wanted, [part]);

const byType: Readonly<Record<string, ValueWord>> = {
  string: 'string',
  number: 'double',
  integer: 'double',
  boolean: 'bool',
  array: 'list',
  object: 'map',
};

function expectedOf(wanted: Expected | JsonSchema | undefined): Expected {
  if (wanted === undefined || isExpected(wanted)) return wanted ?? 'any';
  const words = [...new Set(typesOf(wanted).map((type) => byType[type]))];
  const [word] = words;
  if (word === undefined || words.includes(undefined)) return 'any';
  if (words.length > 1) return { values: words as readonly ValueWord[] };
  return word === 'string' ? 'text' : word;
}

const isExpected = (wanted: Expected | JsonSchema): wanted is Expected =>
  typeof wanted === 'string' || 'values' in wanted;

/** The types that a schema allows; empty where it does not say. */
function typesOf({ type, enum: values, const: value, anyOf }: JsonSchema): readonly string[] {
  if (type !== undefined) return [type].flat().map(String);
  if (Array.isArray(anyOf)) {
    const forms = anyOf.map(typesOf);
    return forms.some((form) => form.length === 0) ? [] : forms.flat();
  }
  return (Array.isArray(values) ? values : value === undefined ? [] : [value]).map((one) => typeof one);
}
