import type { Ollama } from '@millrace/core';
import { lastValueFrom } from 'rxjs';
import { fullModelName } from './full-model-name.ts';

/** What is known of the models of a run. */
export interface ModelDigests {
  /** By the names that the workflow uses. */
  readonly digests: Readonly<Record<string, string>>;
  /** For the user, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Asks the hosts for the digests of models, so that a model that was replaced under its name is noticed. A host that does not answer is
 * left out: the run itself will meet it.
 *
 * @param before As they were known when the run was in work last; what no host says now is taken from there.
 */
export async function findDigests(
  models: readonly string[],
  hosts: readonly Ollama[],
  before: Readonly<Record<string, string>>,
): Promise<ModelDigests> {
  const lists = await Promise.all(hosts.map((host) => listOf(host)));
  const digests: Record<string, string> = {};
  const notes: string[] = [];
  for (const model of models) {
    const found = new Set(lists.flatMap((list) => list.get(fullModelName(model)) ?? []));
    const [digest = before[model]] = found;
    if (digest !== undefined) digests[model] = digest;
    else if (hosts.length > 0)
      notes.push(
        `The digest of ${model} is not known, so its name stands for it: a change of the model goes unnoticed.`,
      );
    if (found.size > 1)
      notes.push(`The hosts have different versions of ${model}; their answers count as those of one model.`);
    if (digest !== undefined && before[model] !== undefined && digest !== before[model])
      notes.push(`${model} is another version than the last time, so its answers are asked for anew.`);
  }
  return { digests, notes };
}

async function listOf(host: Ollama): Promise<ReadonlyMap<string, string>> {
  try {
    const { models } = await lastValueFrom(host.tags());
    return new Map(models.map(({ name, digest }) => [fullModelName(name), digest]));
  } catch {
    return new Map();
  }
}
