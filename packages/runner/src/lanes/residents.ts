import type { Ollama } from '@millrace/core';
import { lastValueFrom, timeout } from 'rxjs';
import { fullModelName } from '../full-model-name.ts';
import { type Ask, loadOptionsIn } from './ask.ts';

/** A model that a host has in memory. */
export interface ResidentModel {
  /** With its tag, in small letters. */
  readonly name: string;
  /** Tokens of its window; undefined where an old server does not tell. */
  readonly window: number | undefined;
  /** Bytes in memory. */
  readonly size: number;
}

/** A host that is busy answers this late at the worst; what is not known is loaded. */
const answersWithinMs = 5000;

/** The models that a host has in memory; none where it does not say. */
export async function residentsOf(ollama: Ollama): Promise<readonly ResidentModel[]> {
  try {
    const { models } = await lastValueFrom(ollama.ps().pipe(timeout(answersWithinMs)));
    return models.map(({ name, size, context_length: window }) => ({ name: fullModelName(name), window, size }));
  } catch {
    return [];
  }
}

/** Whether a host has the model of a load in memory, as `loadOf` writes it. */
export const holdsModelOf = (residents: readonly ResidentModel[], load: string): boolean =>
  residents.some(({ name }) => name === fullModelName(load.replace(/ .*/s, '')));

/** Whether a call finds its model loaded as it wants it, as far as one can see from outside. */
export function isResident(
  residents: readonly ResidentModel[],
  { model, options }: Pick<Ask, 'model' | 'options'>,
): boolean {
  const found = residents.find(({ name }) => name === fullModelName(model));
  if (!found) return false;
  const own = loadOptionsIn(options);
  if (own === undefined) return true;
  const { num_ctx: window, ...others } = own;
  return Object.keys(others).length === 0 && window === found.window;
}
