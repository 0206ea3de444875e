import type { SyntaxNode } from './syntax-tree.ts';

/** A part of an expression's source; the end is exclusive. */
export interface CodeRange {
  readonly start: number;
  readonly end: number;
}

/** What cel-js's errors carry. */
export interface CelProblem {
  readonly name: string;
  readonly code: string;
  readonly summary: string;
  readonly range?: CodeRange;
  readonly node?: SyntaxNode;
}
