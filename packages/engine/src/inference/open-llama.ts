import type { Llama } from 'node-llama-cpp';

/** The parts of node-llama-cpp, loaded late: importing it takes half a second. */
export type LlamaLibrary = typeof import('node-llama-cpp');

/** A started llama.cpp and the library that drives it. */
export interface OpenLlama {
  readonly library: LlamaLibrary;
  readonly llama: Llama;
}

/** Loads the library; llama.cpp itself is not started yet. */
export function loadLibrary(): Promise<LlamaLibrary> {
  return import('node-llama-cpp');
}

/** Starts llama.cpp on the CPU from its prebuilt binary; never compiles or downloads one. */
export async function openLlama(library: LlamaLibrary, onError: (message: string) => void): Promise<OpenLlama> {
  const llama = await library.getLlama({
    gpu: false,
    build: 'never',
    progressLogs: false,
    maxThreads: 0, // each context says how many it uses: one
    logLevel: library.LlamaLogLevel.error,
    logger: (level, message) => {
      if (level === library.LlamaLogLevel.error || level === library.LlamaLogLevel.fatal) onError(message.trimEnd());
    },
  });
  return { library, llama };
}
