import type { ModelStore, ServedModel } from '../models/model-store.ts';
import { fullName, parseModelName } from '../wire/model-name.ts';
import { RequestError } from '../wire/request-error.ts';

/** The model a request names. @throws {RequestError} 400 for what is no name, 404 for a model that is not there. */
export function findModel(store: ModelStore, name: string): ServedModel {
  if (name === '') throw new RequestError(404, "model '' not found");
  const parsed = parseModelName(name);
  if (parsed === null) throw new RequestError(400, 'invalid model name');
  const model = store.find(parsed);
  if (model === undefined) throw new RequestError(404, `model '${name}' not found`);
  return model;
}

/** The error for what the model cannot do, such as `tools`. */
export function missingCapability(model: ServedModel, capability: string): RequestError {
  return new RequestError(400, `${fullName(model.file.name)} does not support ${capability}`);
}
