/** Where a call of a step belongs. */
export interface StepPlace {
  /** Of the row; of a reduce, the group as text. */
  readonly key: string;
  /** The place of the row in the input, counted from 0; of a reduce, the place of the group. */
  readonly index: number;
  readonly step: string;
  /** The place of the `item`, in a step with `for`. */
  readonly element?: number;
  /** In a step with `repeat`, or in a fold: the round, counted from 0. */
  readonly round?: number;
  /** Of a prompt that did not fit: the piece, counted from 0, such as `2`, or `2.0` where that was cut again. */
  readonly piece?: string;
}
