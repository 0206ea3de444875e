import { scanTemplate } from '../expressions/scan-template.ts';
import type { Findings } from '../findings.ts';
import type { JsonSchema } from '../json-schema.ts';
import { pointerPath } from '../source/pointer-path.ts';
import type { YamlPath } from '../source/yaml-path.ts';
import { describeMissing, describeShapeError } from './describe-shape-error.ts';
import type { KeyPlaces } from './key-places.ts';
import type { ShapeError } from './shape-validator.ts';
import { unknownKey } from './unknown-key.ts';

/** What a report needs to know of the place that the errors are about. */
export interface ShapePlace {
  readonly path: YamlPath;
  readonly value: unknown;
  /** Whether an expression may stand for a value of another type, at a JSON pointer below the place. */
  mayBeExpression(pointer: string): boolean;
  readonly keyPlaces: KeyPlaces;
}

/** Turns the errors of a value into findings, the one that says most for each place. */
export function reportShape(errors: readonly ShapeError[], place: ShapePlace, findings: Findings): void {
  for (const error of errors) {
    if (error.keyword === 'if' || isCovered(error, errors)) continue;
    if (isExpression(error.data) && place.mayBeExpression(error.instancePath)) continue;
    reportOne(error, [...place.path, ...pointerPath(error.instancePath, place.value)], place.keyPlaces, findings);
  }
}

function reportOne(error: ShapeError, path: YamlPath, keyPlaces: KeyPlaces, findings: Findings): void {
  const { keyword, params, parentSchema } = error;
  if (keyword === 'additionalProperties') {
    const key = String(params.additionalProperty);
    const known = Object.keys((parentSchema.properties ?? {}) as JsonSchema);
    findings.add([...path, key], 'key', unknownKey(key, known, keyPlaces));
  } else if (keyword === 'required') {
    const key = String(params.missingProperty);
    const hint = describeMissing(parentSchema, key);
    const message = `The key \`${key}\` is missing here.`;
    findings.add(path, path.length === 0 ? 'value' : 'key', { code: 'KEY_MISSING', message, hint });
  } else {
    findings.add(path, 'value', describeShapeError(error));
  }
}

const isKeyError = ({ keyword }: ShapeError): boolean => keyword === 'additionalProperties' || keyword === 'required';

/** One error a place: the first whose schema says in words what it expects, or the sum of several forms; else every wrong key. */
function isCovered(error: ShapeError, errors: readonly ShapeError[]): boolean {
  if (isPartOfSum(error, errors)) return true;
  const here = errors.filter(
    (other) => other.instancePath === error.instancePath && !isKeyError(other) && !isPartOfSum(other, errors),
  );
  const best = here.find(({ parentSchema }) => 'expects' in parentSchema) ?? here[0];
  return isKeyError(error) ? best !== undefined : error !== best;
}

/** Whether the error is that of one form of several: not of the one that was meant, where that shows, else any. */
function isPartOfSum(error: ShapeError, errors: readonly ShapeError[]): boolean {
  return errors.some((sum) => {
    if (!/^(anyOf|oneOf)$/.test(sum.keyword)) return false;
    const meant = formMeant(sum);
    if (error === sum) return meant !== undefined;
    return error.schemaPath.startsWith(`${sum.schemaPath}/`) && !error.schemaPath.startsWith(`${meant}/`);
  });
}

/** A map or a list has one form that takes such; undefined for a single value. */
function formMeant({ data, schemaPath, schema }: ShapeError): string | undefined {
  if (typeof data !== 'object' || data === null || !Array.isArray(schema)) return undefined;
  const index = schema.findIndex((form: JsonSchema) => form.type === (Array.isArray(data) ? 'array' : 'object'));
  return index < 0 ? undefined : `${schemaPath}/${index}`;
}

/** A text that is one expression has its type only when it runs; one that is never closed is told elsewhere. */
function isExpression(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const parts = scanTemplate(value);
  return 'unclosedAt' in parts || (parts.length === 1 && parts[0]?.type === 'expression');
}
