import type { ShapedStep } from './check-shape.ts';
import type { Language } from './expressions/language.ts';
import { compileTemplate, type Template } from './expressions/template.ts';
import type { JsonSchema } from './json-schema.ts';
import type { PlannedStep } from './workflow.ts';

/** Compiles one checked step; `stepIds` tells which names are steps. */
export function planStep(
  { id, kind, value }: ShapedStep,
  returns: JsonSchema | undefined,
  defaultModel: string | undefined,
  stepIds: ReadonlySet<string>,
  language: Language,
): PlannedStep {
  const compile = (part: unknown): Template => compileTemplate(part, language);
  const templates = {
    body: compile(value[kind]),
    ...optional('when', value.when, compile),
    ...optional('model', value.model ?? defaultModel, compile),
    ...optional('system', value.system, compile),
    ...optional('options', renameMaxTokens(value.options), compile),
  };
  const expect = optional('expect', value.expect, compile);
  const read = Object.values(templates);
  const needs = unique(read.flatMap(({ needed }) => [...needed])).filter((name) => stepIds.has(name));
  const waitsFor = unique(read.flatMap(({ needed, optional: may }) => [...needed, ...may])).filter((name) =>
    stepIds.has(name),
  );
  const fields = typeof value.expect === 'object' &&
    value.expect !== null && { expectsFields: Object.keys(value.expect) };
  return { id, kind, ...templates, ...expect, ...fields, ...(returns && { returns }), needs, waitsFor };
}

function optional<Key extends string>(
  key: Key,
  value: unknown,
  compile: (part: unknown) => Template,
): { [name in Key]?: Template } {
  return (value === undefined ? {} : { [key]: compile(value) }) as { [name in Key]?: Template };
}

/** `max_tokens` is what other tools call it; Ollama would ignore that name. */
function renameMaxTokens(options: unknown): unknown {
  if (typeof options !== 'object' || options === null || !('max_tokens' in options)) return options;
  const { max_tokens, ...rest } = options;
  return { num_predict: max_tokens, ...rest };
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];
