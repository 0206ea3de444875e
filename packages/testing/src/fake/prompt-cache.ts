import type { Runner } from './runner.ts';

/**
 * The share of a prompt that one of the runner's slots still has in memory: the longest common beginning with a
 * prompt it read last. Remembers the new prompt in the place of the one it continues, else of the oldest.
 */
export function cachedShare(runner: Runner, prompt: string): number {
  const { prompts } = runner;
  let longest = 0;
  let place = prompts.length < runner.model.slots ? prompts.length : 0;
  for (const [index, old] of prompts.entries()) {
    const common = commonLength(old, prompt);
    if (common <= longest) continue;
    longest = common;
    place = index;
  }
  prompts.splice(place, 1);
  prompts.push(prompt);
  return prompt.length === 0 ? 0 : longest / prompt.length;
}

function commonLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  for (let index = 0; index < most; index += 1) {
    if (one.charCodeAt(index) !== other.charCodeAt(index)) return index;
  }
  return most;
}
