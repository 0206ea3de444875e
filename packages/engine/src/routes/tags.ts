import { sendJson } from '../http/answers.ts';
import type { Handler } from '../http/router.ts';
import { modelDetails } from '../models/model-details.ts';
import { capabilities, contextLength, embeddingLength } from '../models/model-metadata.ts';
import { shortName } from '../wire/model-name.ts';
import type { EngineState } from './engine-state.ts';

/** `GET /api/tags`: the models there are, the newest first. */
export function tagsRoute({ open, store }: EngineState): Handler {
  return async (_request, response) => {
    const newest = store.models.toSorted((a, b) => Number(b.file.modifiedAt) - Number(a.file.modifiedAt));
    const models = newest.map(async ({ file }) => ({
      name: shortName(file.name),
      model: shortName(file.name),
      modified_at: file.modifiedAt.toISOString(),
      size: file.size,
      digest: await file.digest(),
      details: {
        ...modelDetails(file, open.library),
        context_length: contextLength(file),
        embedding_length: embeddingLength(file),
      },
      capabilities,
    }));
    sendJson(response, 200, { models: await Promise.all(models) });
  };
}
