export { bundledModels } from './bundled-models.ts';
export type { EngineModel } from './engine-model.ts';
export { type EngineServer, type ServeEngineOptions, serveEngine } from './serve-engine.ts';
export { type Engine, type StartEngineOptions, startEngine } from './start-engine.ts';
