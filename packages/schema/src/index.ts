export { type Check, type Checker, createChecker } from './check-workflow.ts';
export { type Diagnostic, type DiagnosticCode, diagnosticCodes, hasErrors, wholeFile } from './diagnostic.ts';
export { endOfTokens, estimateTokens } from './expressions/estimate-tokens.ts';
export { pathParts } from './expressions/path-parts.ts';
export type { Template } from './expressions/template.ts';
export { truncate } from './expressions/truncate.ts';
export type { ValueType } from './expressions/value-type.ts';
export type { JsonSchema } from './json-schema.ts';
export { createAnswerValidator } from './returns/answer-validator.ts';
export { fileBeside } from './save/file-beside.ts';
export { rowFile } from './save/row-file.ts';
export { composeSchema } from './shape/compose-schema.ts';
export { ollamaOptions } from './shape/ollama-options.ts';
export type { Finding } from './source/source.ts';
export type { StepKindSchema } from './step-kind-schema.ts';
export { didYouMean } from './suggest.ts';
export type { Surroundings } from './surroundings.ts';
export type {
  Columns,
  ColumnType,
  Each,
  InputDeclaration,
  Limits,
  OnError,
  Over,
  PlannedStep,
  RowFormat,
  RowSource,
  Schedule,
  Watch,
  Workflow,
} from './workflow.ts';
