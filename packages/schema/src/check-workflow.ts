import { assembleWorkflow } from './assemble-workflow.ts';
import { checkAllExpressions } from './check-all-expressions.ts';
import { checkDurations } from './check-durations.ts';
import { checkEncoding } from './check-encoding.ts';
import { checkFields } from './check-fields.ts';
import { checkInputs } from './check-inputs.ts';
import { checkLiterals } from './check-literals.ts';
import { checkModels } from './check-models.ts';
import { checkSchedule } from './check-schedule.ts';
import { type Diagnostic, hasErrors } from './diagnostic.ts';
import { createLanguage, type Language } from './expressions/language.ts';
import { createFindings } from './findings.ts';
import { checkReturns } from './returns/check-returns.ts';
import { checkDistinct } from './save/check-distinct.ts';
import { checkEndings } from './save/check-endings.ts';
import { checkRowFile, contentsOfRow } from './save/content-of-rows.ts';
import { saveTargets } from './save/save-targets.ts';
import { createShapeChecker, type ShapeChecker } from './shape/check-shape.ts';
import { parseSource } from './source/parse-source.ts';
import type { StepKindSchema } from './step-kind-schema.ts';
import { checkCycles, warnUnused } from './steps/check-graph.ts';
import { checkLinks } from './steps/check-links.ts';
import { planSteps } from './steps/plan-steps.ts';
import { warnReloads } from './steps/warn-reloads.ts';
import { warnSamePrompts } from './steps/warn-same-prompts.ts';
import { warnShortAnswers } from './steps/warn-short-answers.ts';
import { askSurroundings, type Surroundings } from './surroundings.ts';
import type { Workflow } from './workflow.ts';
import { mapIn, textIn } from './yaml-map.ts';

/** A file's problems, and the workflow where none of them is an error. */
export interface Check {
  readonly workflow?: Workflow;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks the bytes of a workflow file. Never throws for a bad file, only what the surroundings throw. */
export type Checker = (file: string, bytes: Uint8Array, surroundings?: Surroundings) => Promise<Check>;

interface Tools {
  readonly language: Language;
  readonly checkShape: ShapeChecker;
  readonly kinds: ReadonlyMap<string, StepKindSchema>;
}

/** Makes a checker for exactly these step kinds; the costly parts are made once, when they are first needed. */
export function createChecker(kinds: readonly StepKindSchema[]): Checker {
  let tools: Tools | undefined;
  return async (file, bytes, surroundings = {}) => {
    const parsed = parseSource(file, bytes);
    if (!('source' in parsed)) return parsed;
    tools ??= {
      language: createLanguage(),
      checkShape: createShapeChecker(kinds),
      kinds: new Map(kinds.map((kind) => [kind.kind, kind])),
    };
    return checkParsed(parsed, surroundings, { ...tools, language: tools.language.forFile(surroundings.readText) });
  };
}

async function checkParsed(
  { source, value, diagnostics: odd }: Extract<ReturnType<typeof parseSource>, { source: unknown }>,
  surroundings: Surroundings,
  tools: Tools,
): Promise<Check> {
  const findings = createFindings(source, odd);
  const steps = tools.checkShape(value, findings);
  const targets = checkEndings(saveTargets(value), findings);
  const columns = await askSurroundings(value, { targets, steps }, surroundings, findings);
  checkEncoding(mapIn(value.each) ?? {}, findings);
  checkInputs(mapIn(value.inputs) ?? {}, findings);
  checkLiterals(value, findings);
  checkDurations(value, steps, findings);
  await checkSchedule(value, findings);
  checkModels(value, surroundings.model, steps, tools.kinds, findings);
  checkFields(mapIn(mapIn(value.save)?.fields) ?? {}, findings);
  const returns = new Map(steps.map((step) => [step.id, checkReturns(step, findings)]));
  const rows = value.each === undefined ? 'none' : (columns ?? 'unknown');
  const reads = checkAllExpressions(value, steps, { ...tools, source, findings, returns, columns: rows });
  checkLinks(reads.steps, mapIn(value.save) ?? {}, findings);
  checkCycles(reads, reads.standIns, findings);
  const contents = contentsOfRow(mapIn(mapIn(value.save)?.fields), reads.steps, reads.bySteps);
  checkRowFile(value, contents, findings);
  checkDistinct(
    targets,
    value,
    reads.steps.flatMap(({ id, isReduce }) => (isReduce ? [id] : [])),
    findings,
  );
  const model = surroundings.model ?? textIn(value.model);
  if (reads.sound) warnUnused(reads, findings);
  if (reads.sound && value.each !== undefined && !hasErrors(findings.list())) {
    warnSamePrompts(reads.steps, reads.asked, Object.keys(columns ?? {})[0], findings);
  }
  warnReloads(reads.steps, model, findings);
  warnShortAnswers(reads.steps, returns, findings);

  const diagnostics = findings.list();
  if (hasErrors(diagnostics)) return { diagnostics };
  const planned = planSteps(reads.steps, returns, { ...tools, model });
  const { language } = tools;
  const parts = { file: source.file, value, model, steps: planned, contents, language };
  return { workflow: assembleWorkflow(parts), diagnostics };
}
