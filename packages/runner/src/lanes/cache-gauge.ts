import type { Usage } from '@millrace/core';

/** Tells how much of a prompt a host had read before. */
export interface CacheGauge {
  /** Tokens of this prompt that came from the cache, about. */
  cachedIn(usage: Usage): number;
}

/** Shorter prompts are read in no time, cached or not. */
const enoughTokens = 16;
/** What is read for less than this share of the usual price was not read at all. */
const isCachedBelow = 0.5;
/** How much one prompt changes the usual price. */
const weight = 0.1;

/**
 * No answer says what was cached: its tokens are counted with the others, and only the time to read them drops. A prompt that was read for
 * much less a token than prompts are as a rule is taken to be cached in that share.
 */
export function createCacheGauge(): CacheGauge {
  let usual: number | undefined;
  return {
    cachedIn: ({ promptTokens, promptMs }) => {
      if (promptTokens < enoughTokens || promptMs === 0) return 0;
      const own = promptMs / promptTokens;
      if (usual !== undefined && own < usual * isCachedBelow) return promptTokens * (1 - own / usual);
      usual = usual === undefined ? own : usual + weight * (own - usual);
      return 0;
    },
  };
}
