import type { ShowResponse } from '@millrace/core';

/** The window that a model was made for, in tokens. */
export function contextLengthOf({ model_info }: Pick<ShowResponse, 'model_info'>): number | undefined {
  const length = model_info[`${model_info['general.architecture']}.context_length`];
  return typeof length === 'number' ? length : undefined;
}
