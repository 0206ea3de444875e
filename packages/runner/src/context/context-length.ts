import type { Ollama } from '@millrace/core';
import { lastValueFrom, timeout } from 'rxjs';

/** A server that does not answer sooner is as one that does not know. */
const answersWithinMs = 10_000;

/** Tokens that a model was trained for, as the first host says that knows it; undefined where none does. */
export async function contextLengthOf(model: string, hosts: readonly Ollama[]): Promise<number | undefined> {
  for (const host of hosts) {
    try {
      const { model_info: info = {} } = await lastValueFrom(host.show({ model }).pipe(timeout(answersWithinMs)));
      const length = Object.entries(info).find(([name]) => name.endsWith('.context_length'))?.[1];
      if (typeof length === 'number' && length > 0) return length;
    } catch {
      // another host may have it
    }
  }
  return undefined;
}
