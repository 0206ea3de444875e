import type { Findings } from './findings.ts';
import type { JsonSchema } from './json-schema.ts';
import { ollamaOptions } from './ollama-options.ts';
import { createShapeCompiler, type ShapeError, type ShapeValidator } from './shape-validator.ts';
import type { YamlPath } from './source.ts';
import type { StepKindSchema } from './step-kind-schema.ts';
import { didYouMean, nearest } from './suggest.ts';
import { reservedNames, stepSchema, workflowSchema } from './workflow-schema.ts';

/** A step of which exactly one kind is known. */
export interface ShapedStep {
  readonly id: string;
  readonly kind: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Checks the shape of a workflow's value; returns the steps whose kind is clear. */
export type ShapeChecker = (value: Readonly<Record<string, unknown>>, findings: Findings) => readonly ShapedStep[];

/** Compiles the schemas of these kinds once. */
export function createShapeChecker(kinds: readonly StepKindSchema[]): ShapeChecker {
  const compile = createShapeCompiler();
  const wholeFile = compile(workflowSchema({ type: 'object', minProperties: 1, expects: 'at least one step' }));
  const byKind = new Map(kinds.map((kind) => [kind.kind, compile(stepSchema(kind))]));
  return (value, findings) => {
    reportShape(wholeFile(value), [], value, findings);
    const { steps } = value;
    if (!isMap(steps)) return [];
    return Object.entries(steps).flatMap(([id, step]) => checkStep(id, step, byKind, findings) ?? []);
  };
}

function checkStep(
  id: string,
  step: unknown,
  byKind: ReadonlyMap<string, ShapeValidator>,
  findings: Findings,
): ShapedStep | undefined {
  const path = ['steps', id];
  checkName(id, path, findings);
  if (!isMap(step)) {
    findings.add(path, 'value', { code: 'TYPE_WRONG', message: `A step is a map, and \`${id}\` is ${nameOf(step)}.` });
    return undefined;
  }
  const [kind, second] = Object.keys(step).filter((key) => byKind.has(key));
  if (kind === undefined) {
    reportMissingKind(id, step, [...byKind.keys()], findings);
    return undefined;
  }
  if (second !== undefined) {
    const hint = 'Make two steps of it; the later one reads the earlier one by its name.';
    findings.add([...path, second], 'key', {
      code: 'KIND_AMBIGUOUS',
      message: `\`${id}\` has \`${kind}\` and \`${second}\`.`,
      hint,
    });
    return undefined;
  }
  reportShape(byKind.get(kind)?.(step) ?? [], path, step, findings);
  checkOptions(step.options, [...path, 'options'], findings);
  return { id, kind, value: step };
}

function checkName(id: string, path: YamlPath, findings: Findings): void {
  const wellFormed = /^[a-z][a-z0-9_]*$/.test(id);
  if (wellFormed && !reservedNames.has(id)) return;
  const message = wellFormed
    ? `\`${id}\` is a word of the expression language.`
    : `\`${id}\` cannot be the name of a step.`;
  findings.add(path, 'key', {
    code: 'NAME_INVALID',
    message,
    hint: 'Names are small letters, digits and `_`, beginning with a letter.',
  });
}

function reportMissingKind(
  id: string,
  step: Readonly<Record<string, unknown>>,
  kinds: readonly string[],
  findings: Findings,
): void {
  const misspelt = Object.keys(step).find((key) => nearest(key, kinds) !== undefined);
  if (misspelt !== undefined) {
    findings.add(['steps', id, misspelt], 'key', {
      code: 'KEY_UNKNOWN',
      message: `There is no key \`${misspelt}\` here.`,
      hint: didYouMean(misspelt, kinds),
    });
    return;
  }
  const hint = `Give it one of ${kinds.map((kind) => `\`${kind}\``).join(', ')}.`;
  findings.add(['steps', id], 'key', { code: 'KIND_MISSING', message: `The step \`${id}\` does nothing.`, hint });
}

function checkOptions(options: unknown, path: YamlPath, findings: Findings): void {
  if (!isMap(options)) return;
  for (const name of Object.keys(options)) {
    if (name in ollamaOptions) continue;
    if (name === 'max_tokens') {
      const message = 'Ollama calls `max_tokens` `num_predict`; it is sent as that.';
      findings.add([...path, name], 'key', {
        code: 'OPTION_RENAMED',
        severity: 'warning',
        message,
        hint: 'Write `num_predict`.',
      });
    } else {
      const message = `Ollama does not know the option \`${name}\` and would ignore it.`;
      findings.add([...path, name], 'key', {
        code: 'OPTION_UNKNOWN',
        severity: 'warning',
        message,
        hint: didYouMean(name, Object.keys(ollamaOptions)),
      });
    }
  }
}

/** Turns ajv's errors into findings; a text that is one expression has its type only when it runs. */
function reportShape(errors: readonly ShapeError[], base: YamlPath, value: unknown, findings: Findings): void {
  const explained = errors
    .filter(({ parentSchema }) => 'expects' in parentSchema)
    .map(({ instancePath }) => instancePath);
  for (const error of errors) {
    const path = [...base, ...pointerParts(error.instancePath, value)];
    const covered = explained.includes(error.instancePath) && !('expects' in error.parentSchema);
    if (covered || error.keyword === 'if' || isExpression(error.data)) continue;
    reportOne(error, path, findings);
  }
}

function reportOne(error: ShapeError, path: YamlPath, findings: Findings): void {
  const { keyword, params, parentSchema } = error;
  if (keyword === 'additionalProperties') {
    const key = String(params.additionalProperty);
    const known = Object.keys((parentSchema.properties ?? {}) as JsonSchema);
    findings.add([...path, key], 'key', {
      code: 'KEY_UNKNOWN',
      message: `There is no key \`${key}\` here.`,
      hint: didYouMean(key, known),
    });
  } else if (keyword === 'required') {
    const key = String(params.missingProperty);
    findings.add(path, 'key', {
      code: 'KEY_MISSING',
      message: `The key \`${key}\` is missing here.`,
      hint: hintFor(parentSchema, key),
    });
  } else if (keyword === 'type' && !('expects' in parentSchema)) {
    findings.add(path, 'value', {
      code: 'TYPE_WRONG',
      message: `This must be ${wanted(params.type)}, and is ${nameOf(error.data)}.`,
      hint: textOf(parentSchema.description),
    });
  } else {
    const allowed = 'allowedValues' in params ? (params.allowedValues as unknown[]).map(String) : undefined;
    const message = `This must be ${textOf(parentSchema.expects) || (allowed ? `one of ${allowed.map((word) => `\`${word}\``).join(', ')}` : limitText(error))}.`;
    findings.add(path, 'value', {
      code: 'VALUE_INVALID',
      message,
      hint: allowed ? didYouMean(String(error.data), allowed) : textOf(parentSchema.description),
    });
  }
}

const limitText = (error: ShapeError): string =>
  (error.message ?? 'another value').replace(/^must (be|NOT have) /, (_, verb) => (verb === 'be' ? '' : 'without '));

const hintFor = (schema: JsonSchema, key: string): string => {
  const property = (schema.properties as Record<string, JsonSchema> | undefined)?.[key];
  return textOf(property?.description);
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const isExpression = (value: unknown): boolean => typeof value === 'string' && /^\$\{.*\}$/s.test(value);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const article: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'empty',
};

const wanted = (type: unknown): string =>
  [type]
    .flat()
    .map((word) => article[String(word)] ?? String(word))
    .join(' or ');

function nameOf(value: unknown): string {
  if (value === null) return 'empty';
  return (Array.isArray(value) ? article.array : article[typeof value]) ?? typeof value;
}

/** The parts of a JSON pointer; an index where it leads into a list. */
function pointerParts(pointer: string, value: unknown): (string | number)[] {
  let current: unknown = value;
  return pointer
    .split('/')
    .slice(1)
    .map((raw) => {
      const part = raw.replaceAll('~1', '/').replaceAll('~0', '~');
      const index = Array.isArray(current) ? Number(part) : part;
      current = (current as Record<string, unknown> | undefined)?.[part];
      return index;
    });
}
