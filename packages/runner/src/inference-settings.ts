import type { InferenceRequest } from '@millrace/core';
import type { StepContext } from './step-kind.ts';

/** What requests to generate and to chat have in common; `truncate` is always said, since a prompt that is cut in silence answers wrongly. */
export const inferenceSettings = ({
  model,
  options,
  format,
  think,
  keepAlive,
  truncate = false,
}: StepContext): InferenceRequest => ({
  model,
  truncate,
  ...(options && { options }),
  ...(format !== undefined && { format }),
  ...(think !== undefined && { think }),
  ...(keepAlive !== undefined && { keep_alive: keepAlive }),
});
