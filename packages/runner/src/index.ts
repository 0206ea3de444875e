export { type BoundWorkflow, bindInputs } from './bind-inputs.ts';
export type {
  CallEnd,
  CallStart,
  GroupCounts,
  GroupEnd,
  HostReport,
  ModelLoad,
  RowEnd,
  RowParked,
  RunCounts,
  RunEnd,
  RunEvent,
  RunStart,
  RunTokens,
  StageStart,
  StepDelta,
  StepEnd,
  StepRetry,
  StepStart,
} from './events.ts';
export type { FailureCause } from './failure-causes.ts';
export { isLoopback } from './is-loopback.ts';
export type { JournalCounts } from './journal/count-all.ts';
export type { DueEnd, DueState, KeptDue, NewDue } from './journal/due-table.ts';
export type { EndedPage, EndedRow } from './journal/ended-rows.ts';
export type { ExportOptions } from './journal/export-run.ts';
export { findJournal } from './journal/find-journal.ts';
export type { ListedRun, ListOptions } from './journal/list-runs.ts';
export type { ListedRow } from './journal/listed-row.ts';
export { type Journal, openJournal } from './journal/open-journal.ts';
export type { RowPage, RowPageOptions } from './journal/page-rows.ts';
export type { RunPage, RunPageOptions } from './journal/page-runs.ts';
export { type Pruned, type PruneOptions, pruneRuns } from './journal/prune-runs.ts';
export { type JournalReader, readJournal } from './journal/read-journal.ts';
export {
  type HeldServer,
  type KeptSchedule,
  openScheduleBook,
  type RunOfDue,
  type ScheduleBook,
} from './journal/schedule-book.ts';
export type { ShownAnswer, ShownFailure, ShownRow } from './journal/show-row.ts';
export type { ShownRun, WrittenFile } from './journal/show-run.ts';
export { type Load, type LoadedWorkflow, type LoadOptions, loadWorkflow } from './load-workflow.ts';
export { modelsOf, needsHost } from './models-of.ts';
export { type PeekedRun, peekRun } from './peek-run.ts';
export { planWorkflow } from './plan/plan-workflow.ts';
export type { PlanWorld } from './plan/plan-world.ts';
export type {
  ExpectedTime,
  Interval,
  PlannedCalls,
  PlannedHost,
  PlannedLoads,
  PlannedModel,
  PlannedRows,
  PlannedRun,
  PlannedStage,
  PlanWarning,
  ProbedTime,
  PromptTokens,
  ResidentNow,
  RunPlan,
  ShownPrompt,
} from './plan/run-plan.ts';
export { reduceRun } from './reduce-run.ts';
export type { InputValue } from './resolve-inputs.ts';
export { retryLimits } from './retry-by-cause.ts';
export { countRows } from './rows/count-rows.ts';
export { type FailedRow, initialRun, type LabelTally, type RunState } from './run-state.ts';
export { runWorkflow, type World } from './run-workflow.ts';
export type { TextSink } from './save/line-target.ts';
export { replaceResults } from './save/replace-results.ts';
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
export { claimCall } from './turns/claim-call.ts';
