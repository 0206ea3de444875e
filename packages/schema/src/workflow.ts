import type { Template } from './expressions/template.ts';
import type { ValueType } from './expressions/value-type.ts';
import type { JsonSchema } from './json-schema.ts';

/** A value that is given when a workflow is run. */
export interface InputDeclaration {
  readonly type: 'string' | 'number' | 'boolean';
  /** Absent: a value must be given. */
  readonly default?: string | number | boolean;
  readonly description?: string;
}

/** Types of cells: what `each.columns` may say. */
export type ColumnType = InputDeclaration['type'];

/** Where the rows come from. */
export interface Each {
  /** As written in the file: relative to it. */
  readonly from: string;
  readonly key?: Template;
  readonly where?: Template;
  readonly columns: Readonly<Record<string, ColumnType>>;
}

/** One step, checked and compiled. */
export interface PlannedStep {
  readonly id: string;
  readonly kind: string;
  /** What stands under the kind's key. */
  readonly body: Template;
  readonly when?: Template;
  /** Absent only where a model is given when it is run. */
  readonly model?: Template;
  readonly system?: Template;
  readonly options?: Template;
  /** The JSON Schema that the answer must fit; absent: the answer is text. */
  readonly returns?: JsonSchema;
  readonly expect?: Template;
  /** Where `expect` is a map: the fields of the value that it compares. */
  readonly expectsFields?: readonly string[];
  /** Steps that must have ended before this one can begin. */
  readonly waitsFor: readonly string[];
  /** Of those, the ones without which this one is skipped. */
  readonly needs: readonly string[];
}

/** A workflow without problems, ready to run. */
export interface Workflow {
  readonly name: string;
  readonly description?: string;
  /** The path of the file, as the caller named it. */
  readonly file: string;
  /** The model of the steps that name none. */
  readonly model?: string;
  readonly inputs: Readonly<Record<string, InputDeclaration>>;
  readonly each?: Each;
  /** In an order in which each step stands behind what it waits for. */
  readonly steps: readonly PlannedStep[];
  readonly save: {
    /** As written in the file: relative to it, or `-`. */
    readonly to?: string;
    /** Absent: the columns of the row and every step. */
    readonly fields?: ReadonlyMap<string, Template>;
  };
  readonly limits: { readonly parallel: number | 'auto' };
  readonly hosts: readonly string[];
}

/** The columns of a file of rows, with their types. */
export type Columns = Readonly<Record<string, ValueType>>;
