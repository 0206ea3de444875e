export { type CodeInfo, codes, type ErrorCode, type RetryCause } from './codes.ts';
export { describeError, type ErrorDescription } from './describe-error.ts';
export { isMillraceError, MillraceError, type MillraceErrorOptions } from './millrace-error.ts';
export { OllamaError, type OllamaErrorDetails, type PartialAnswer } from './ollama-error.ts';
export { StepError } from './step-error.ts';
