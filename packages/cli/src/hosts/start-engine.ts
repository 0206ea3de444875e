import type { Engine, StartEngineOptions } from '@millrace/engine';

/** Starts the embedded engine, which is loaded only then. @throws {MillraceError} `ENGINE_FAILED`. */
export async function startEngine(options: StartEngineOptions): Promise<Engine> {
  const engine = await import('@millrace/engine');
  return await engine.startEngine(options);
}
