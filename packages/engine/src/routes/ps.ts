import { sendJson } from '../http/answers.ts';
import type { Handler } from '../http/router.ts';
import { modelDetails } from '../models/model-details.ts';
import { shortName } from '../wire/model-name.ts';
import type { EngineState } from './engine-state.ts';

/** `GET /api/ps`: the models in memory, the one that stays longest first. */
export function psRoute({ open, store }: EngineState): Handler {
  return async (_request, response) => {
    const loaded = store.models
      .map((served) => ({ served, expiresAt: served.residence.expiresAt() }))
      .filter((entry): entry is typeof entry & { expiresAt: Date } => entry.expiresAt !== null)
      .sort((a, b) => Number(b.expiresAt) - Number(a.expiresAt));
    const models = loaded.map(async ({ served: { file, numCtx }, expiresAt }) => ({
      name: shortName(file.name),
      model: shortName(file.name),
      size: file.size,
      digest: await file.digest(),
      details: modelDetails(file, open.library),
      expires_at: expiresAt.toISOString(),
      size_vram: 0,
      context_length: numCtx,
    }));
    sendJson(response, 200, { models: await Promise.all(models) });
  };
}
