import { createAnswerValidator } from './answer-validator.ts';
import { createExpressionChecker } from './check-expressions.ts';
import { createShapeChecker, type ShapeChecker, type ShapedStep } from './check-shape.ts';
import { type Diagnostic, hasErrors } from './diagnostic.ts';
import { createLanguage, type Language } from './expressions/language.ts';
import { compileTemplate } from './expressions/template.ts';
import { createFindings, type Findings } from './findings.ts';
import type { JsonSchema } from './json-schema.ts';
import { rowNames, stepNames } from './names.ts';
import { parseSource } from './parse-source.ts';
import { planStep } from './plan-step.ts';
import { expandReturns } from './returns.ts';
import type { Finding, Source } from './source.ts';
import { orderSteps } from './step-graph.ts';
import type { StepKindSchema } from './step-kind-schema.ts';
import type { Columns, ColumnType, Each, InputDeclaration, PlannedStep, Workflow } from './workflow.ts';

/** What a check asks of the world around the file; each answer may be a finding, put at the place that asked. */
export interface Surroundings {
  /** The columns of the rows; undefined where they cannot be known. */
  columnsOf?(from: string, columns: Readonly<Record<string, ColumnType>>): Promise<Columns | Finding | undefined>;
  /** Whether the results may be written there. */
  checkSave?(to: string): Promise<Finding | undefined>;
  /** Whether this host may be talked to. */
  checkHost?(host: string): Finding | undefined;
  /** Replaces the model at the top of the file. */
  readonly model?: string;
}

/** A file's problems, and the workflow where none of them is an error. */
export interface Check {
  readonly workflow?: Workflow;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks the bytes of a workflow file. Never throws for a bad file. */
export type Checker = (file: string, bytes: Uint8Array, surroundings?: Surroundings) => Promise<Check>;

/** Makes a checker for exactly these step kinds; the costly part is done once. */
export function createChecker(kinds: readonly StepKindSchema[]): Checker {
  const language = createLanguage();
  const checkShape = createShapeChecker(kinds);
  return async (file, bytes, surroundings = {}) => {
    const parsed = parseSource(file, bytes);
    if ('diagnostics' in parsed) return parsed;
    const findings = createFindings(parsed.source);
    const workflow = await checkValue(parsed.source, parsed.value, { language, checkShape, findings, surroundings });
    const diagnostics = findings.list();
    return hasErrors(diagnostics) || !workflow ? { diagnostics } : { workflow: workflow(), diagnostics };
  };
}

interface Tools {
  readonly language: Language;
  readonly checkShape: ShapeChecker;
  readonly findings: Findings;
  readonly surroundings: Surroundings;
}

type YamlMap = Readonly<Record<string, unknown>>;

/** Reports into `findings`; what comes back makes the workflow, once it is known that nothing is wrong. */
async function checkValue(source: Source, value: YamlMap, tools: Tools): Promise<(() => Workflow) | undefined> {
  const { findings, checkShape, surroundings } = tools;
  const steps = checkShape(value, findings);
  const each = mapIn(value.each);
  const save = mapIn(value.save);
  const columns = await askSurroundings(value, each, save, tools);

  checkInputs(mapIn(value.inputs), findings);
  checkLiterals(value, findings);
  checkModels(value, steps, surroundings, findings);
  const returns = new Map(steps.map((step) => [step.id, checkReturns(step, findings)]));
  checkAllExpressions(source, value, steps, returns, each ? (columns ?? 'unknown') : 'none', tools);
  checkFields(mapIn(save?.fields), findings);
  if (hasErrors(findings.list())) return undefined;

  const model = surroundings.model ?? textIn(value.model);
  const ids = new Set(steps.map(({ id }) => id));
  const planned = steps.map((step) => planStep(step, returns.get(step.id), model, ids, tools.language));
  const ordered = orderSteps(planned);
  if ('cycle' in ordered) {
    reportCycle(ordered.cycle, findings);
    return undefined;
  }
  warnUnused(planned, save, tools);
  return () =>
    assemble(source.file, { ...value, ...(model !== undefined && { model }) }, ordered.order, tools.language);
}

async function askSurroundings(
  value: YamlMap,
  each: YamlMap | undefined,
  save: YamlMap | undefined,
  tools: Tools,
): Promise<Columns | undefined> {
  const { surroundings, findings } = tools;
  if (Array.isArray(value.hosts)) {
    value.hosts.forEach((host: unknown, index) => {
      const finding = typeof host === 'string' ? surroundings.checkHost?.(host) : undefined;
      if (finding) findings.add(['hosts', index], 'value', finding);
    });
  }
  const to = textIn(save?.to);
  const refused = to !== undefined && !to.includes('${') ? await surroundings.checkSave?.(to) : undefined;
  if (refused) findings.add(['save', 'to'], 'value', refused);
  const from = textIn(each?.from);
  if (from === undefined || from.includes('${')) return undefined;
  const answer = await surroundings.columnsOf?.(from, (mapIn(each?.columns) ?? {}) as Record<string, ColumnType>);
  if (!isFinding(answer)) return answer;
  findings.add(['each', 'from'], 'value', answer);
  return undefined;
}

// A file may have columns called `code` and `message`, but their types are no words of the table of codes.
const isFinding = (answer: Columns | Finding | undefined): answer is Finding =>
  answer !== undefined && typeof answer.message === 'string' && /^[A-Z_]+$/.test(String(answer.code));

function checkInputs(inputs: YamlMap | undefined, findings: Findings): void {
  for (const [name, input] of Object.entries(inputs ?? {})) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) {
      const message = `\`${name}\` cannot be the name of an input.`;
      findings.add(['inputs', name], 'key', {
        code: 'NAME_INVALID',
        message,
        hint: 'Names are small letters, digits and `_`, beginning with a letter.',
      });
    }
    const { type, default: otherwise } = mapIn(input) ?? {};
    if (otherwise !== undefined && typeof type === 'string' && typeof otherwise !== type) {
      findings.add(['inputs', name, 'default'], 'value', {
        code: 'TYPE_WRONG',
        message: `The default is no ${type}.`,
        hint: 'Quote a text; write numbers and true or false bare.',
      });
    }
  }
}

/** Places that are read before there is a row or an input. */
function checkLiterals(value: YamlMap, findings: Findings): void {
  const places: readonly (readonly [readonly (string | number)[], unknown])[] = [
    [['name'], value.name],
    [['model'], value.model],
    [['each', 'from'], mapIn(value.each)?.from],
    [['save', 'to'], mapIn(value.save)?.to],
    ...(Array.isArray(value.hosts) ? value.hosts.map((host, index) => [['hosts', index], host] as const) : []),
  ];
  for (const [path, text] of places) {
    if (typeof text !== 'string' || !text.includes('${')) continue;
    findings.add(path, 'value', {
      code: 'VALUE_INVALID',
      message: 'An expression cannot stand here: this is read before the first row.',
      hint: 'Write the value itself.',
    });
  }
}

function checkModels(
  value: YamlMap,
  steps: readonly ShapedStep[],
  surroundings: Surroundings,
  findings: Findings,
): void {
  if (value.model !== undefined || surroundings.model !== undefined) return;
  for (const step of steps) {
    if (step.value.model !== undefined) continue;
    const message = `The step \`${step.id}\` has no model.`;
    findings.add(['steps', step.id], 'key', {
      code: 'MODEL_MISSING',
      message,
      hint: 'Write `model:` at the top of the file, or in the step.',
    });
  }
}

function checkReturns({ id, value }: ShapedStep, findings: Findings): JsonSchema | undefined {
  if (value.returns === undefined) return undefined;
  const expanded = expandReturns(value.returns);
  if ('problems' in expanded) {
    for (const { path, message, hint } of expanded.problems) {
      findings.add(['steps', id, 'returns', ...path], 'value', { code: 'RETURNS_INVALID', message, hint });
    }
    return undefined;
  }
  try {
    createAnswerValidator(expanded.schema);
    return expanded.schema;
  } catch (error) {
    findings.add(['steps', id, 'returns'], 'key', { code: 'RETURNS_INVALID', message: (error as Error).message });
    return undefined;
  }
}

function checkAllExpressions(
  source: Source,
  value: YamlMap,
  steps: readonly ShapedStep[],
  returns: ReadonlyMap<string, JsonSchema | undefined>,
  columns: Columns | 'unknown' | 'none',
  { language, findings }: Tools,
): void {
  const row = rowNames((mapIn(value.inputs) ?? {}) as Record<string, Partial<InputDeclaration>>, columns);
  const ofRow = createExpressionChecker(source, findings, language, row);
  const { key, where } = mapIn(value.each) ?? {};
  if (key !== undefined) ofRow(['each', 'key'], key);
  if (where !== undefined) ofRow(['each', 'where'], where, 'bool');

  const ofSteps = createExpressionChecker(source, findings, language, stepNames(row, returns));
  for (const { id, kind, value: step } of steps) {
    for (const part of [kind, 'model', 'system', 'options', 'expect']) ofSteps(['steps', id, part], step[part]);
    if (step.when !== undefined) ofSteps(['steps', id, 'when'], step.when, 'bool');
  }
  ofSteps(['save', 'fields'], mapIn(value.save)?.fields);
}

function checkFields(fields: YamlMap | undefined, findings: Findings): void {
  if (!fields || !('key' in fields)) return;
  findings.add(['save', 'fields', 'key'], 'key', {
    code: 'VALUE_INVALID',
    message: 'Every line begins with `key` by itself.',
    hint: 'Remove it, or give it another name.',
  });
}

function reportCycle(cycle: readonly string[], findings: Findings): void {
  const first = cycle[0] as string;
  const message =
    cycle.length === 2
      ? `The step \`${first}\` reads itself.`
      : `The steps read each other in a circle: ${cycle.join(' → ')}.`;
  findings.add(['steps', first], 'key', { code: 'CYCLE', message, hint: 'Take one of these references out.' });
}

/** A step costs tokens: one whose value goes nowhere is most likely a slip. */
function warnUnused(steps: readonly PlannedStep[], save: YamlMap | undefined, { findings, language }: Tools): void {
  if (save?.fields === undefined) return;
  const saved = compileTemplate(save.fields, language);
  const read = new Set([...saved.needed, ...saved.optional, ...steps.flatMap(({ waitsFor }) => waitsFor)]);
  for (const { id, expect } of steps) {
    if (read.has(id) || expect) continue;
    findings.add(['steps', id], 'key', {
      code: 'STEP_UNUSED',
      severity: 'warning',
      message: `Nothing reads or saves \`${id}\`.`,
      hint: `Save it: \`${id}: \${${id}}\` in \`save.fields\`.`,
    });
  }
}

/** Only for a value without errors: the shapes are known to be right. */
function assemble(file: string, value: YamlMap, steps: readonly PlannedStep[], language: Language): Workflow {
  const each = mapIn(value.each);
  const save = mapIn(value.save);
  const fields = mapIn(save?.fields);
  const model = textIn(value.model);
  const description = textIn(value.description);
  const to = textIn(save?.to);
  return {
    name: textIn(value.name) ?? nameOfFile(file),
    ...(description !== undefined && { description }),
    file,
    ...(model !== undefined && { model }),
    inputs: (mapIn(value.inputs) ?? {}) as Workflow['inputs'],
    ...(each && { each: assembleEach(each, language) }),
    steps,
    save: {
      ...(to !== undefined && { to }),
      ...(fields && {
        fields: new Map(Object.entries(fields).map(([name, field]) => [name, compileTemplate(field, language)])),
      }),
    },
    limits: { parallel: (mapIn(value.limits)?.parallel ?? 'auto') as number | 'auto' },
    hosts: (value.hosts ?? []) as readonly string[],
  };
}

function assembleEach(each: YamlMap, language: Language): Each {
  return {
    from: each.from as string,
    ...(each.key !== undefined && { key: compileTemplate(each.key, language) }),
    ...(each.where !== undefined && { where: compileTemplate(each.where, language) }),
    columns: (mapIn(each.columns) ?? {}) as Record<string, ColumnType>,
  };
}

const nameOfFile = (file: string): string => (file.split(/[\\/]/).at(-1) ?? file).replace(/\.ya?ml$/, '');

const mapIn = (value: unknown): YamlMap | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as YamlMap) : undefined;

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
