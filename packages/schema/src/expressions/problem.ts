import type { DiagnosticCode } from '../diagnostic.ts';

/** What is wrong with an expression; offsets count in its source. */
export interface ExpressionProblem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint: string;
  readonly start: number;
  readonly end: number;
}
