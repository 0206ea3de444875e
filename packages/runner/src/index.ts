export type {
  GroupCounts,
  GroupEnd,
  RowEnd,
  RunCounts,
  RunEnd,
  RunEvent,
  RunStart,
  RunTokens,
  StepDelta,
  StepEnd,
  StepRetry,
  StepStart,
} from './events.ts';
export type { FailureCause } from './failure-causes.ts';
export { isLoopback } from './is-loopback.ts';
export { findJournal } from './journal/find-journal.ts';
export { type Journal, openJournal } from './journal/open-journal.ts';
export { type Load, type LoadedWorkflow, type LoadOptions, loadWorkflow } from './load-workflow.ts';
export { modelsOf, needsHost } from './models-of.ts';
export { type FailedRow, initialRun, type LabelTally, type RunState, reduceRun } from './reduce-run.ts';
export type { InputValue } from './resolve-inputs.ts';
export { retryLimits } from './retry-by-cause.ts';
export { countRows } from './rows/count-rows.ts';
export { runWorkflow, type World } from './run-workflow.ts';
export type { TextSink } from './save/line-target.ts';
export {
  defineStepKind,
  type RejectedAnswer,
  type StepContext,
  type StepKind,
  type StepMessage,
  type StepOutput,
  type TalkTurn,
} from './step-kind.ts';
export { builtInKinds } from './steps/index.ts';
