import { assembleLimits, assembleSaveOver, assembleSchedule } from './assemble-sections.ts';
import type { Language } from './expressions/language.ts';
import { compileTemplate, type Template } from './expressions/template.ts';
import { rowSource } from './row-source.ts';
import type { Each, PlannedStep, RowSource, Workflow } from './workflow.ts';
import { mapIn, textIn, type YamlMap } from './yaml-map.ts';

/** What a workflow is assembled from: a value without errors, so that the shapes are known to be right. */
export interface WorkflowParts {
  readonly file: string;
  readonly value: YamlMap;
  readonly model: string | undefined;
  /** In an order in which each stands behind what it waits for. */
  readonly steps: readonly PlannedStep[];
  /** What a file of one row could hold. */
  readonly contents: readonly string[];
  readonly language: Language;
}

/** Makes the workflow of a checked file. */
export function assembleWorkflow({ file, value, model, steps, contents, language }: WorkflowParts): Workflow {
  const each = mapIn(value.each);
  const schedule = mapIn(value.schedule);
  const description = textIn(value.description);
  return {
    name: textIn(value.name) ?? nameOfFile(file),
    ...(description !== undefined && { description }),
    file,
    ...(model !== undefined && { model }),
    inputs: (value.inputs ?? {}) as Workflow['inputs'],
    ...(each && { each: assembleEach(each, language) }),
    steps,
    save: assembleSave(mapIn(value.save) ?? {}, each ? contents : [], steps, language),
    limits: assembleLimits(mapIn(value.limits) ?? {}),
    ...(schedule && { schedule: assembleSchedule(schedule, textIn(each?.from)) }),
    secrets: (value.secrets ?? []) as readonly string[],
    hosts: (value.hosts ?? []) as readonly string[],
    written: value,
  };
}

function assembleEach(each: YamlMap, language: Language): Each {
  const { key, where } = each;
  return {
    ...(rowSource(each) as RowSource),
    ...(key !== undefined && { key: compileTemplate(key, language) }),
    ...(where !== undefined && { where: compileTemplate(String(where).trim(), language) }),
  };
}

function assembleSave(
  save: YamlMap,
  contents: readonly string[],
  steps: readonly PlannedStep[],
  language: Language,
): Workflow['save'] {
  const { to, fields, errors, order } = save;
  const ids = new Set(steps.map(({ id }) => id));
  const compile = (field: unknown): Template => nullWhereSkipped(compileTemplate(field, language), ids);
  const templates = Object.entries(mapIn(fields) ?? {}).map(([name, field]) => [name, compile(field)] as const);
  return {
    ...(typeof to === 'string' && { to }),
    ...(fields !== undefined && { fields: new Map(templates) }),
    ...(contents.length === 1 && { content: contents[0] as string }),
    over: assembleSaveOver(
      save,
      steps.flatMap(({ id, over }) => (over ? [id] : [])),
    ),
    ...(typeof errors === 'string' && { errors }),
    order: (order ?? 'input') as Workflow['save']['order'],
  };
}

/** A field that reads a skipped step is null, as a step that reads one is skipped; reading through `default(…)` is no such need. */
function nullWhereSkipped(template: Template, steps: ReadonlySet<string>): Template {
  const needed = [...template.needed].filter((name) => steps.has(name));
  return {
    ...template,
    render: (values) => (needed.some((id) => isSkipped(values, id)) ? null : template.render(values)),
  };
}

const isSkipped = (values: Readonly<Record<string, unknown>>, id: string): boolean =>
  mapIn(mapIn(values.steps)?.[id])?.status === 'skipped';

function nameOfFile(file: string): string {
  const name = (file.split(/[\\/]/).at(-1) ?? '').replace(/\.ya?ml$/, '');
  return name === '' ? 'workflow' : name;
}
