import { hash } from 'node:crypto';
import type { ModelOptions } from '@millrace/core';
import type { StepCall } from '../run-step.ts';
import type { RejectedAnswer } from '../step-kind.ts';

/** Told apart from those of versions that would send another request for the same call. */
const version = 1;

/**
 * A hash of all that decides an answer: what goes to the server, down to the digest of the model and the bytes of images. Limits of time
 * and `keep_alive` decide nothing.
 *
 * @param model The digest, or the name where none is known.
 */
export function requestIdentity(
  call: StepCall,
  rejected: RejectedAnswer | undefined,
  options: ModelOptions | undefined,
  model: string,
): string {
  const { system, format, think, truncate, talk } = call.context;
  const parts = [
    version,
    call.kind.kind,
    model,
    call.body,
    system,
    options,
    format,
    think,
    truncate,
    talk,
    call.imageHashes,
    rejected,
  ];
  return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 22);
}

/** Whether the same request gives the same answer again. */
export const isDetermined = (options: ModelOptions | undefined): boolean =>
  options?.temperature === 0 || (options?.seed ?? -1) >= 0;
