import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Measures how much memory is held, beyond what was held at the start. */
export interface MemoryGauge {
  /** Collects garbage and measures. */
  look(): void;
  /** The most that was held at any look, in bytes. */
  most(): number;
}

/** Starts at what is held now: heap and buffers after a collection, so that only what piles up counts. */
export function startMemoryGauge(): MemoryGauge {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect(); // what was made while a collection was already under way counts as held until the next
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  let most = 0;
  return {
    look: () => {
      most = Math.max(most, used() - before);
    },
    most: () => most,
  };
}
