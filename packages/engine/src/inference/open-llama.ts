import type { Llama } from 'node-llama-cpp';

/** The parts of node-llama-cpp, loaded late: importing it takes a third of a second. */
export type LlamaLibrary = typeof import('node-llama-cpp');

/** A started llama.cpp and the library that drives it. */
export interface OpenLlama {
  readonly library: LlamaLibrary;
  readonly llama: Llama;
}

/** Starts llama.cpp on the CPU from its prebuilt binary; never compiles or downloads one. */
export async function openLlama(onError: (message: string) => void): Promise<OpenLlama> {
  const library = await import('node-llama-cpp');
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
