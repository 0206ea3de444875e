import { availableParallelism } from 'node:os';
import { bundledModelFiles } from './bundled-model-files.ts';
import type { EngineModel } from './engine-model.ts';
import { listen } from './http/listen.ts';
import { createRouter } from './http/router.ts';
import { loadLibrary, openLlama } from './inference/open-llama.ts';
import { readModelFile } from './models/model-file.ts';
import { createModelStore } from './models/model-store.ts';
import { engineRoutes } from './routes/engine-routes.ts';
import type { EngineState } from './routes/engine-state.ts';
import { failed, startFailure } from './start-failure.ts';

/** How an engine is served; everything has a default. */
export interface ServeEngineOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** A loopback address; `127.0.0.1` by default. */
  readonly host?: string;
  /** The bundled ones by default. The first is loaded at once, the others when they are asked for. */
  readonly models?: readonly EngineModel[];
  /** Answers generated side by side, for each model; the others wait in line. */
  readonly parallel?: number;
  /** Told what llama.cpp reports as an error; nothing is told by default. */
  readonly onLog?: (message: string) => void;
}

/** An engine that listens in this process. */
export interface EngineServer {
  readonly baseUrl: string;
  /** Cancels what is running and frees everything. */
  close(): Promise<void>;
}

/** Answers side by side where nobody says otherwise: one for each core, four at most. */
function defaultParallel(): number {
  return Math.min(4, availableParallelism());
}

/**
 * Serves models as an Ollama server would, in this process.
 *
 * @throws {MillraceError} `ENGINE_FAILED`: the port is taken, a model cannot be read, llama.cpp does not start.
 */
export async function serveEngine(options: ServeEngineOptions = {}): Promise<EngineServer> {
  const { port = 0, host = '127.0.0.1', models = bundledModelFiles(), parallel = defaultParallel() } = options;
  if (!isLoopback(host))
    throw failed(`The engine listens on this machine only, not on "${host}".`, undefined, loopbackHint);
  if (models.length === 0) throw failed('The engine has no model to serve.', undefined, 'Name at least one.');
  const onLog = options.onLog ?? (() => {});
  try {
    const library = await loadLibrary();
    const files = await Promise.all(models.map((model) => readModelFile(library, model)));
    const open = await openLlama(library, onLog);
    return await serve({ open, store: createModelStore(open, files, parallel) }, host, port);
  } catch (error) {
    throw startFailure(error, host, port);
  }
}

async function serve(state: EngineState, host: string, port: number): Promise<EngineServer> {
  const { llama } = state.open;
  try {
    await state.store.models[0]?.residence.use(undefined, async () => {});
    const server = await listen(createRouter(engineRoutes(state)), host, port);
    return {
      baseUrl: `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`,
      async close() {
        await server.close();
        await llama.dispose();
      },
    };
  } catch (error) {
    await llama.dispose();
    throw error;
  }
}

const loopbackHint = 'Use 127.0.0.1; for other machines put a server with a login in front of it.';

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
