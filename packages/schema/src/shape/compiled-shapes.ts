import type { ShapeError } from './shape-validator.ts';

/** A validator as ajv makes it. */
export interface CompiledShape {
  (value: unknown): boolean;
  errors?: ShapeError[] | null;
}

/**
 * Validators that were compiled before the program was started, by the JSON of their schema. None here: `scripts/bundle` puts them in
 * place of this file, since compiling them takes longer than all other checks of a small workflow.
 */
export const compiledShapes: ReadonlyMap<string, CompiledShape> = new Map();
