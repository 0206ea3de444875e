import type { ModelOptions } from '@millrace/core';

/** Tokens that are left for an answer whose length nobody says. */
const unsaidAnswer = 1024;

/** Tokens that an answer may have. */
export function answerRoom(options: ModelOptions | undefined): number {
  const { num_predict: asked = -1 } = options ?? {};
  return asked > 0 ? asked : unsaidAnswer;
}
