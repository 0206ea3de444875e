import type { Language } from '../expressions/language.ts';
import { compileTemplate, literalTemplate, type Template } from '../expressions/template.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { ShapedStep } from '../shape/check-step.ts';
import { modifiers } from '../shape/step-schema.ts';
import type { PlannedStep } from '../workflow.ts';
import { isMap } from '../yaml-map.ts';

/** What a step is planned with. */
export interface StepPlanning {
  readonly language: Language;
  /** The ids of all steps, to tell which names are steps. */
  readonly ids: ReadonlySet<string>;
  /** Of the steps that name none. */
  readonly model: string | undefined;
  /** The schemas of the kinds, by kind. */
  readonly schemas: ReadonlyMap<string, JsonSchema>;
}

/** Compiles one checked step. */
export function planStep(
  { id, kinds, value }: ShapedStep,
  returns: JsonSchema | undefined,
  { language, ids, model, schemas }: StepPlanning,
): PlannedStep {
  const kind = kinds[0] as string;
  const compile = (part: unknown, schema?: JsonSchema): Template => compileTemplate(part, language, schema);
  const templates = {
    body: compile(value[kind], schemas.get(kind)),
    ...optional('when', value.when, (when) => compile(String(when).trim())),
    ...(value.model === undefined
      ? optional('model', model, literalTemplate)
      : optional('model', value.model, (own) => compile(own, modifiers.model))),
    ...optional('system', value.system, (system) => compile(system, modifiers.system)),
    ...optional('options', renameMaxTokens(value.options), (options) => compile(options, modifiers.options)),
  };
  const read = Object.values(templates);
  const stepsOf = (names: readonly string[]): string[] => [...new Set(names)].filter((name) => ids.has(name));
  const needs = stepsOf(read.flatMap(({ needed }) => [...needed]));
  const waitsFor = stepsOf(read.flatMap(({ needed, optional: may }) => [...needed, ...may]));
  return {
    id,
    kind,
    ...templates,
    ...optional('expect', value.expect, compile),
    ...(isMap(value.expect) && { expectsFields: Object.keys(value.expect) }),
    ...(returns && { returns }),
    retry: {},
    onError: 'fail',
    context: 'auto',
    onOverflow: 'fail',
    cache: 'run',
    needs,
    waitsFor,
  };
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
  compile: (value: Value) => Template,
): { [name in Key]?: Template } {
  return (value === undefined ? {} : { [key]: compile(value) }) as { [name in Key]?: Template };
}

/** `max_tokens` is what other tools call it; Ollama would ignore that name. */
function renameMaxTokens(options: unknown): unknown {
  if (!isMap(options) || !('max_tokens' in options)) return options;
  const { max_tokens, ...rest } = options;
  return { num_predict: max_tokens, ...rest };
}
