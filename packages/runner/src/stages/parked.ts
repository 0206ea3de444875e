const isOfRun = Symbol('parked');

/** What a call that must wait for a later stage of the run ends with: no failure, and no value. */
export interface Parked {
  readonly [isOfRun]: true;
  /** The model that it waits for. */
  readonly model: string;
}

/** Ends a call that must wait for this model. */
export const parkedFor = (model: string): Parked => ({ [isOfRun]: true, model });

/** Whether a step ended because its call must wait for a later stage. */
export const isParked = (error: unknown): error is Parked =>
  typeof error === 'object' && error !== null && isOfRun in error;
