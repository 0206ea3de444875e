import { fullModelName } from '../full-model-name.ts';
import { isResident } from '../lanes/residents.ts';
import { isCloudModel, type ModelFacts, type SeenHost } from './look-at-hosts.ts';
import type { PlannedModel, ResidentNow } from './run-plan.ts';

/** What is known of a model. @param window That the run asks for; absent where the server's own is left. */
export function plannedModel(
  name: string,
  hosts: readonly SeenHost[],
  facts: ModelFacts,
  window: number | undefined,
): PlannedModel {
  const full = fullModelName(name);
  const having = hosts.filter(
    ({ missing, installed }) => !missing.includes(name) && (installed.has(full) || isCloudModel(name)),
  );
  const bytes = having.map(({ installed }) => installed.get(full)).find((size) => size !== undefined);
  const options = window === undefined ? undefined : { num_ctx: window };
  const resident = hosts.flatMap(({ host, loaded, residents }) =>
    loaded
      .filter((model) => fullModelName(model.name) === full)
      .map(
        ({ size, size_vram, context_length }): ResidentNow => ({
          host,
          bytes: size,
          gpuBytes: size_vram,
          ...(context_length !== undefined && { window: context_length }),
          fits: isResident(residents, { model: name, options }),
        }),
      ),
  );
  return {
    name,
    hosts: having.map(({ host }) => host),
    isMissing: hosts.length > 0 && having.length === 0,
    ...(bytes !== undefined && { bytes }),
    ...facts,
    ...(window !== undefined && { window }),
    resident,
  };
}
