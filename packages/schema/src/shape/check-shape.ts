import type { Findings } from '../findings.ts';
import type { StepKindSchema } from '../step-kind-schema.ts';
import { mapIn, type YamlMap } from '../yaml-map.ts';
import { createStepChecker, type ShapedStep } from './check-step.ts';
import { createKeyPlaces } from './key-places.ts';
import { reportShape } from './report-shape.ts';
import { createShapeCompiler } from './shape-validator.ts';
import { stepsSchema, workflowSchema } from './workflow-schema.ts';

/** Checks the shape of a workflow's value, and gives its steps. */
export type ShapeChecker = (value: YamlMap, findings: Findings) => readonly ShapedStep[];

/** A checker for workflows with steps of these kinds; compiles each schema when it is first used. */
export function createShapeChecker(kinds: readonly StepKindSchema[]): ShapeChecker {
  const validate = createShapeCompiler()(workflowSchema(stepsSchema));
  const keyPlaces = createKeyPlaces(kinds.map(({ kind }) => kind));
  const checkStep = createStepChecker(kinds, keyPlaces);
  return (value, findings) => {
    reportShape(validate(value), { path: [], value, mayBeExpression: () => false, keyPlaces }, findings);
    return Object.entries(mapIn(value.steps) ?? {}).map(([id, step]) => checkStep(id, step, findings));
  };
}
