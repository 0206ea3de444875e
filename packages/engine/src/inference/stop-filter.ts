/** What may go out of the text so far. */
export interface Filtered {
  readonly text: string;
  readonly stopped: boolean;
}

/** Lets text through up to the first stop string; no part of one ever leaves. */
export interface StopFilter {
  push(text: string): Filtered;
  /** What was held back because a stop string might have begun with it. */
  flush(): string;
}

/** A filter for these stop strings; empty ones are ignored. */
export function createStopFilter(stops: readonly string[]): StopFilter {
  const strings = stops.filter((stop) => stop !== '');
  let held = '';
  return {
    push(text) {
      held += text;
      const found = strings.map((stop) => held.indexOf(stop)).filter((at) => at >= 0);
      const end = found.length > 0 ? Math.min(...found) : held.length - openEnd(held, strings);
      const out = held.slice(0, end);
      held = found.length > 0 ? '' : held.slice(end);
      return { text: out, stopped: found.length > 0 };
    },
    flush() {
      const out = held;
      held = '';
      return out;
    },
  };
}

/** Length of the longest end of the text that a stop string begins with. */
function openEnd(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
}
