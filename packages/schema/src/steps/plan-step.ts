import type { RetryCause } from '@millrace/errors';
import type { Language } from '../expressions/language.ts';
import { compileTemplate, literalTemplate, type Template } from '../expressions/template.ts';
import type { JsonSchema } from '../json-schema.ts';
import { parseDuration } from '../shape/duration.ts';
import { modifiers } from '../shape/step-schema.ts';
import type { StepKindSchema } from '../step-kind-schema.ts';
import type { OnError, PlannedStep } from '../workflow.ts';
import { isMap, type YamlMap } from '../yaml-map.ts';
import type { TypedStep } from './type-steps.ts';

/** What a step is planned with. */
export interface StepPlanning {
  readonly language: Language;
  /** The ids of all steps, to tell which names are steps. */
  readonly ids: ReadonlySet<string>;
  /** Of the steps that name none. */
  readonly model: string | undefined;
  readonly kinds: ReadonlyMap<string, StepKindSchema>;
}

type Compile = (part: unknown, schema?: JsonSchema) => Template;

/** Compiles one checked step. */
export function planStep(
  { id, kinds: [kind = ''], value, type }: TypedStep,
  returns: JsonSchema | undefined,
  { language, ids, model, kinds }: StepPlanning,
): PlannedStep {
  const { schema, asksModel = true } = kinds.get(kind) as StepKindSchema;
  const compile: Compile = (part, schema) => compileTemplate(part, language, schema);
  const asked = {
    body: compile(value[kind], schema),
    ...optional('model', value.model ?? (asksModel ? model : undefined), (own) =>
      value.model === undefined ? literalTemplate(own) : compile(own, modifiers.model),
    ),
    ...optional('options', renameMaxTokens(value.options), (options) => compile(options, modifiers.options)),
    ...compileKeys(value, ['system', 'think', 'images'], compile),
    ...optional('keepAlive', value.keep_alive, (keep) => compile(keep)),
  };
  const flow = planFlow(value, compile);
  const { use } = isMap(value.on_error) ? value.on_error : {};
  const onError = use === undefined ? undefined : compile(use);
  return {
    id,
    kind,
    type,
    ...asked,
    ...flow,
    ...optional('format', value.format, literalTemplate),
    ...optional('expect', value.expect, (expect) => compile(expect)),
    ...(isMap(value.expect) && { expectsFields: Object.keys(value.expect) }),
    ...(returns && { returns }),
    ...(typeof value.continue === 'string' && { continue: value.continue }),
    retry: planRetry(value.retry),
    onError: onError ? { use: onError } : ((value.on_error ?? 'fail') as OnError),
    ...planWindow(value),
    ...stepsRead(id, [...Object.values(asked), ...readBy(flow)], onError, value, ids),
  };
}

/** What decides when and how often the step runs. */
function planFlow(value: YamlMap, compile: Compile) {
  const condition = (part: unknown): Template => compile(String(part).trim());
  const { over, group_by: groupBy, fold } = value;
  return {
    ...optional('when', value.when, condition),
    ...optional('for', value.for, (list) => compile(typeof list === 'string' ? list.trim() : list)),
    ...optional('ensure', value.ensure, condition),
    ...(isMap(value.repeat) && {
      repeat: { until: condition(value.repeat.until), max: (value.repeat.max ?? defaultRuns) as number },
    }),
    ...(typeof over === 'string' && {
      over: {
        step: over,
        ...optional('groupBy', groupBy, (group) => compile(group)),
        ...(fold !== undefined && { fold: fold as number | 'auto' }),
      },
    }),
  };
}

const defaultRuns = 10;

const readBy = (flow: ReturnType<typeof planFlow>): readonly Template[] =>
  [flow.when, flow.for, flow.ensure, flow.repeat?.until, flow.over?.groupBy].filter((part) => part !== undefined);

/** The window of the model and the clocks of its calls. */
function planWindow(value: YamlMap) {
  const [idleMs, totalMs] = [parseDuration(value.idle), parseDuration(value.total)];
  return {
    context: (value.context ?? 'auto') as PlannedStep['context'],
    onOverflow: (value.on_overflow ?? 'fail') as PlannedStep['onOverflow'],
    cache: (value.cache ?? 'run') as PlannedStep['cache'],
    ...(idleMs !== undefined && { idleMs }),
    ...(totalMs !== undefined && { totalMs }),
  };
}

function planRetry(retry: unknown): PlannedStep['retry'] {
  if (typeof retry === 'number') return { invalid: retry };
  return (retry ?? {}) as Readonly<Partial<Record<RetryCause, number>>>;
}

/** A reduce needs none of the steps it waits for: it runs over what there is. */
function stepsRead(
  id: string,
  read: readonly Template[],
  onError: Template | undefined,
  value: YamlMap,
  ids: ReadonlySet<string>,
): Pick<PlannedStep, 'needs' | 'waitsFor'> {
  const others = (names: readonly unknown[]): string[] =>
    [...new Set(names)].filter((name): name is string => name !== id && ids.has(name as string));
  const needs = others([...read.flatMap(({ needed }) => [...needed]), value.continue]);
  const may = [...read, ...(onError ? [onError] : [])].flatMap(({ needed, optional: may }) => [...needed, ...may]);
  const waitsFor = others([...needs, ...may, value.over]);
  return { needs: value.over === undefined ? needs : [], waitsFor };
}

function compileKeys<Key extends string>(
  value: YamlMap,
  keys: readonly Key[],
  compile: Compile,
): { [name in Key]?: Template } {
  const present = keys.filter((key) => value[key] !== undefined);
  return Object.fromEntries(present.map((key) => [key, compile(value[key], modifiers[key])])) as {
    [name in Key]?: Template;
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
